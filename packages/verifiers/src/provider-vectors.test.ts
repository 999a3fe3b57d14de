import { expect, test } from "vitest";
import { verifyEka } from "./eka.ts";
import { verifyLiveKit } from "./livekit.ts";
import { parseLiveKitSecret } from "./livekit-key.ts";
import { parseMetaSecret, verifyMeta } from "./meta.ts";
import { parseEkaSecret, parseStripeSecret, parseVerifyingSecret } from "./parse-secret.ts";
import file from "./provider-vectors.json" with { type: "json" };
import { verifyStripe } from "./stripe.ts";
import { verifyStandardWebhook } from "./verify-standard-webhook.ts";

type Vector = {
  provider: string;
  name: string;
  now: number;
  secret: string;
  body: string;
  headers: Record<string, string>;
  ok: boolean;
  code?: string;
};

const vectors = file.vectors as unknown as Vector[];

function verify({ provider, now, secret, body, headers }: Vector) {
  const request = { headers, rawBody: Buffer.from(body), nowMs: now * 1000 };
  if (provider === "stripe") {
    const parsed = parseStripeSecret(secret);
    return parsed.ok ? verifyStripe({ ...request, secrets: [parsed.key] }) : parsed;
  }
  if (provider === "livekit") {
    const parsed = parseLiveKitSecret(secret);
    return parsed.ok ? verifyLiveKit({ ...request, secrets: [parsed.key] }) : parsed;
  }
  if (provider === "whatsapp") {
    const parsed = parseMetaSecret(secret);
    return parsed.ok ? verifyMeta({ ...request, secrets: [parsed.key] }) : parsed;
  }
  if (provider === "eka") {
    const parsed = parseEkaSecret(secret);
    return parsed.ok ? verifyEka({ ...request, secrets: [parsed.key] }) : parsed;
  }
  const parsed = parseVerifyingSecret(secret);
  return parsed.ok ? verifyStandardWebhook({ ...request, secrets: [parsed.key] }) : parsed;
}

test.each(vectors)("$provider: $name", (vector) => {
  expect(verify(vector)).toMatchObject(vector.ok ? { ok: true } : { ok: false, code: vector.code });
});
