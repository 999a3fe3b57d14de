import fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { expect, test } from "vitest";
import { generateHmacSecret } from "./generate-secret.ts";
import { parseSigningSecret } from "./parse-secret.ts";
import { signStandardWebhook, signStandardWebhookWithEach } from "./sign-standard-webhook.ts";
import type { SigningKey } from "./signing-key.ts";
import { verifyStandardWebhook } from "./verify-standard-webhook.ts";

const timestampSeconds = Math.floor(Date.now() / 1000);
const messages = fc.record({
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => generateHmacSecret(() => bytes)),
  id: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  payload: fc.json(),
});
const libraries = [
  { family: "webhook", name: "standardwebhooks", open: (secret: string) => new StandardWebhook(secret) },
  { family: "svix", name: "svix", open: (secret: string) => new SvixWebhook(secret) },
] as const;

function keyOf(secret: string): SigningKey {
  const parsed = parseSigningSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function headersOf(family: string, id: string, signature: string) {
  return {
    [`${family}-id`]: id,
    [`${family}-timestamp`]: `${timestampSeconds}`,
    [`${family}-signature`]: signature,
  };
}

test.each(libraries)("$name accepts whatever we sign", ({ family, open }) => {
  fc.assert(
    fc.property(messages, ({ secret, id, payload }) => {
      const signature = signStandardWebhook(keyOf(secret), id, timestampSeconds, Buffer.from(payload));
      open(secret).verify(payload, headersOf(family, id, signature));
    }),
    { numRuns: 50 },
  );
});

test.each(libraries)("$name signs what we accept", ({ family, open }) => {
  fc.assert(
    fc.property(messages, ({ secret, id, payload }) => {
      const signature = open(secret).sign(id, new Date(timestampSeconds * 1000), payload);
      const verdict = verifyStandardWebhook({
        headers: headersOf(family, id, signature),
        rawBody: Buffer.from(payload),
        nowMs: timestampSeconds * 1000,
        secrets: [keyOf(secret)],
      });
      expect(verdict).toMatchObject({ ok: true, id, family, timestampSeconds });
    }),
    { numRuns: 50 },
  );
});

test.each(libraries)("$name accepts a request signed by the old and the new secret", ({ family, open }) => {
  const [oldSecret, newSecret] = [1, 2].map((fill) => generateHmacSecret(() => Buffer.alloc(32, fill)));
  const keys = [keyOf(newSecret ?? ""), keyOf(oldSecret ?? "")];
  const signature = signStandardWebhookWithEach(keys, "evt_1", timestampSeconds, Buffer.from("{}"));
  for (const secret of [oldSecret, newSecret]) {
    open(secret ?? "").verify("{}", headersOf(family, "evt_1", signature));
  }
});
