import { readFileSync } from "node:fs";
import {
  parseBodySecret,
  parseLiveKitSecret,
  parseMetaSecret,
  parseStripeSecret,
  parseVerifyingSecret,
  verifyLiveKit,
  verifyMeta,
  verifyPathTag,
  verifyStandardWebhook,
  verifyStripe,
  verifyTypeform,
} from "@carewire/verifiers";
import { expect, test } from "vitest";
import { freshen } from "./freshen.ts";
import { renderProviderSamples } from "./generate/render-provider-samples.ts";
import { namesOf } from "./provider-sample.ts";
import { providerSamples } from "./provider-samples.generated.ts";
import { providerRoutes } from "./providers.ts";
import { listProviderEvents } from "./trigger-provider.ts";

const nowMs = 1_767_225_600_000;
const nowSeconds = nowMs / 1_000;
const standard = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const secrets: Record<string, string> = {
  STRIPE_WEBHOOK_SECRET: "whsec_stripe,whsec_older",
  LIVEKIT_API_KEY: "APItest",
  LIVEKIT_API_SECRET: "livekit-secret-0123456789abcdef01",
  WHATSAPP_APP_SECRET: "meta-app-secret",
  RESEND_WEBHOOK_SECRET: standard,
  MOBILE_MONEY_CALLBACK_SECRET: "callback-secret,older",
  GTM_INBOUND_SECRET: standard,
  EMR_WEBHOOK_SECRET: standard,
  WORKFORCE_WEBHOOK_SECRET: standard,
};

type Parsed<Key> = { ok: true; key: Key } | { ok: false };

function keyOf<Key>(parsed: Parsed<Key>): Key {
  if (!parsed.ok) throw new Error("the tests' secret is none");
  return parsed.key;
}

function isGenuine(
  provider: string,
  file: string,
  headers: Record<string, string>,
  rawBody: Buffer,
): boolean {
  const input = { headers, rawBody, nowMs };
  switch (provider) {
    case "stripe":
      return verifyStripe({ ...input, secrets: [keyOf(parseStripeSecret("whsec_stripe"))] }).ok;
    case "livekit":
      return verifyLiveKit({
        ...input,
        secrets: [keyOf(parseLiveKitSecret(`APItest:${secrets.LIVEKIT_API_SECRET}`))],
      }).ok;
    case "whatsapp":
      return verifyMeta({ ...input, secrets: [keyOf(parseMetaSecret("meta-app-secret"))] }).ok;
    default:
      if (file.startsWith("typeform"))
        return verifyTypeform({ ...input, secrets: [keyOf(parseBodySecret(standard))] }).ok;
      return verifyStandardWebhook({ ...input, secrets: [keyOf(parseVerifyingSecret(standard))] }).ok;
  }
}

test("the samples are those of the ingress apps (write them again with `pnpm generate:samples`)", () => {
  const checkedIn = readFileSync(new URL("./provider-samples.generated.ts", import.meta.url), "utf8");
  const samplesIn = (text: string) => text.split("\n").filter((line) => line.includes("provider")).length;
  expect(samplesIn(checkedIn)).toBeGreaterThan(30);
  expect(JSON.stringify(providerSamples)).toBe(
    JSON.stringify(
      renderProviderSamples()
        .split("\n")
        .filter((line) => line.startsWith("  {"))
        .map((line) => JSON.parse(line.trim().replace(/,$/, "")) as unknown),
    ),
  );
});

test("every provider's event has one name, and every sample has one", () => {
  const names = listProviderEvents();
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(providerSamples.length);
  expect(names).toContain("stripe:invoice.payment_failed");
});

const inAddress = new Set(["orange-money", "mtn-momo"]);

test.each([...inAddress])("%s is proven by its address, which is shown without the proof", (provider) => {
  const path = providerRoutes[provider]?.path({ reference: "pay_1", secret: (name) => secrets[name] ?? "" });
  const [reference = "", tag = ""] = path?.split("/").slice(-2) ?? [];
  const key = keyOf(parseBodySecret("callback-secret"));
  expect(path).toMatch(new RegExp(`^/api/payments/webhooks/${provider}/pay_1/`));
  expect(verifyPathTag([key], [provider, reference], tag).ok).toBe(true);
  expect(providerRoutes[provider]?.shownPath("pay_1")).toBe(path?.replace(tag, "********"));
});

test.each(
  providerSamples
    .filter(({ provider }) => !inAddress.has(provider))
    .map((sample) => [`${sample.provider}/${sample.file}`, sample] as const),
)("%s is signed as its provider signs", (_, sample) => {
  const { provider, file, text } = sample;
  const body = Buffer.from(
    file.endsWith(".json")
      ? JSON.stringify(freshen(provider, JSON.parse(text), { seed: "a", nowSeconds }))
      : text,
  );
  const route = providerRoutes[provider];
  const headers = route?.headers({
    body,
    file,
    nowSeconds,
    messageId: "msg_1",
    reference: "pay_1",
    secret: (name) => secrets[name] ?? "",
  });
  expect(isGenuine(provider, file, headers ?? {}, body)).toBe(true);
  expect(isGenuine(provider, file, headers ?? {}, Buffer.concat([body, Buffer.from(" ")]))).toBe(false);
});

test.each(
  providerSamples
    .filter(({ file }) => file.endsWith(".json"))
    .map((s) => [`${s.provider}/${s.file}`, s] as const),
)(
  "%s is never a repeat of itself, and differs from the sample only where it says when and which",
  (_, { provider, text }) => {
    const original = JSON.parse(text) as Record<string, unknown>;
    const one = freshen(provider, original, { seed: "a", nowSeconds });
    expect(freshen(provider, original, { seed: "a", nowSeconds })).toEqual(one);
    // The others are known by a header that is new each time.
    if (["stripe", "livekit"].includes(provider)) {
      expect(freshen(provider, original, { seed: "b", nowSeconds }).id).not.toBe(one.id);
    }
    expect(Object.keys(one).sort()).toEqual(expect.arrayContaining(Object.keys(original).sort()));
    expect(original).toEqual(JSON.parse(text));
  },
);

test("names are what the provider calls them, and files where that says too little", () => {
  const livekit = providerSamples.filter(({ provider }) => provider === "livekit");
  const names = livekit.map((sample) => namesOf(sample, livekit)[0]);
  expect(names).toEqual(expect.arrayContaining(["room_started", "track_published", "track_published_audio"]));
});
