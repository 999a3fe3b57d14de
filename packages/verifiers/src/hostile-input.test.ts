import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSigningSecret, parseStripeSecret, parseVerifyingSecret } from "./parse-secret.ts";
import { signStandardWebhookWithEach } from "./sign-standard-webhook.ts";
import type { HmacKey, SigningKey } from "./signing-key.ts";
import { signStripe, verifyStripe } from "./stripe.ts";
import { mutations } from "./testing/mutations.ts";
import { verifyStandardWebhook } from "./verify-standard-webhook.ts";

const nowSeconds = 1_767_225_600;
const nowMs = nowSeconds * 1000;
const id = "evt_1";
const body = Buffer.from('{"id":"evt_1","amount":5000}');
const stripeSecret = stripeKey("whsec_test");
const secrets = [
  signingKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
  signingKey("whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="),
];
const stripeHeader = signStripe(stripeSecret, nowSeconds, body);
const standardHeaders = {
  "webhook-id": id,
  "webhook-timestamp": `${nowSeconds}`,
  "webhook-signature": signStandardWebhookWithEach(secrets, id, nowSeconds, body),
};

function stripeKey(text: string): HmacKey {
  const parsed = parseStripeSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

function signingKey(text: string): SigningKey {
  const parsed = parseSigningSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.base64String(),
  fc.constantFrom("", `${nowSeconds}`),
);
const almostRight = fc.oneof(
  text.map((junk) => `t=${nowSeconds},v1=${junk}`),
  text.map((junk) => `t=${junk},v1=${"0".repeat(64)}`),
  text.map((junk) => `v1,${junk}`),
  text.map((junk) => `v1a,${junk} v1,${junk}`),
);
const headerValue = fc.option(fc.oneof(text, almostRight, fc.array(text)), { nil: undefined });
const headers = fc.record(
  {
    "stripe-signature": headerValue,
    "webhook-id": headerValue,
    "webhook-timestamp": headerValue,
    "webhook-signature": headerValue,
    "svix-id": headerValue,
    "svix-timestamp": headerValue,
    "svix-signature": headerValue,
  },
  { requiredKeys: [] },
);

test("random headers and bodies never throw and never pass", () => {
  fc.assert(
    fc.property(headers, fc.uint8Array(), (given, rawBody) => {
      expect(verifyStripe({ headers: given, rawBody, nowMs, secrets: [stripeSecret] }).ok).toBe(false);
      expect(verifyStandardWebhook({ headers: given, rawBody, nowMs, secrets }).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("a body that differs in one place never passes", () => {
  fc.assert(
    fc.property(mutations(body), (rawBody) => {
      const forStripe = {
        headers: { "stripe-signature": stripeHeader },
        rawBody,
        nowMs,
        secrets: [stripeSecret],
      };
      expect(verifyStripe(forStripe).ok).toBe(false);
      expect(verifyStandardWebhook({ headers: standardHeaders, rawBody, nowMs, secrets }).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("a Stripe header that differs in one place never passes", () => {
  fc.assert(
    fc.property(mutations(Buffer.from(stripeHeader)), (mutated) => {
      const header = mutated.toString("latin1");
      const input = {
        headers: { "stripe-signature": header },
        rawBody: body,
        nowMs,
        secrets: [stripeSecret],
      };
      expect(verifyStripe(input).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test.each(["webhook-id", "webhook-timestamp"] as const)(
  "a %s that differs in one place never passes",
  (name) => {
    fc.assert(
      fc.property(mutations(Buffer.from(standardHeaders[name])), (mutated) => {
        const given = { ...standardHeaders, [name]: mutated.toString("latin1") };
        expect(verifyStandardWebhook({ headers: given, rawBody: body, nowMs, secrets }).ok).toBe(false);
      }),
    );
  },
);

test.each(secrets.map((secret) => [secret.algorithm, secret] as const))(
  "an %s signature that differs in one place never passes",
  (_algorithm, secret) => {
    const signature = signStandardWebhookWithEach([secret], id, nowSeconds, body);
    fc.assert(
      fc.property(mutations(Buffer.from(signature)), (mutated) => {
        const given = { ...standardHeaders, "webhook-signature": mutated.toString("latin1") };
        const verdict = verifyStandardWebhook({ headers: given, rawBody: body, nowMs, secrets: [secret] });
        // A space after a complete signature only separates it from an empty entry.
        expect(verdict.ok).toBe(given["webhook-signature"].split(" ").includes(signature));
      }),
      { numRuns: 500 },
    );
  },
);

test("random text is never taken for a secret, and parsing it never throws", () => {
  const prefixed = fc.tuple(fc.constantFrom("", "whsec_", "whsk_", "whpk_"), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(prefixed, ([prefix, junk]) => {
      const parsed = parseVerifyingSecret(`${prefix}${junk}`);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok && junk.length > 8) expect(parsed.detail).not.toContain(junk);
    }),
  );
});
