import { parseSigner, type SignatureScheme } from "@carewire/verifiers";
import { expect, test } from "vitest";
import { headerLines, outgoingHeaders } from "./outgoing-headers.ts";

const message = {
  messageId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestampSeconds: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
};
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const pair = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
const hmac = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const ed25519 =
  "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

function linesOf(scheme: SignatureScheme, secrets: string[], traceparent: string | null = null): string {
  const parsed = parseSigner(scheme, secrets);
  if (!parsed.ok) throw new Error(parsed.detail);
  return headerLines(outgoingHeaders(parsed.signer, { ...message, traceparent }));
}

const common = "content-type: application/json\nuser-agent: Carewire/1\n";

// The whole set of each scheme, so that a header more or less is noticed.
test.each<[string, SignatureScheme, string[], string]>([
  [
    "standard-webhooks",
    "standard-webhooks",
    [secret],
    `webhook-id: ${message.messageId}\nwebhook-timestamp: 1614265330\nwebhook-signature: ${hmac}\n`,
  ],
  [
    "standard-webhooks while a key pair replaces a secret",
    "standard-webhooks",
    [pair, secret],
    `webhook-id: ${message.messageId}\nwebhook-timestamp: 1614265330\nwebhook-signature: ${ed25519} ${hmac}\n`,
  ],
  [
    "svix",
    "svix",
    [secret],
    `svix-id: ${message.messageId}\nsvix-timestamp: 1614265330\nsvix-signature: ${hmac}\n`,
  ],
  [
    "eka",
    "eka",
    ["supersecretkey"],
    `webhook-id: ${message.messageId}\nEka-Webhook-Signature: t=1614265330,v1=11840e30ea7c629e0d35905c8daf33753520cb11f6814682d0f5f5f39852cd75\n`,
  ],
  ["none", "none", [], `webhook-id: ${message.messageId}\n`],
])("%s: the headers are these, in this order, and nothing else", (_name, scheme, secrets, lines) => {
  expect(linesOf(scheme, secrets)).toBe(common + lines);
  expect(linesOf(scheme, secrets, "00-a-b-01")).toBe(`${common}${lines}traceparent: 00-a-b-01\n`);
});

test("no headers are no lines", () => {
  expect(headerLines([])).toBe("");
});
