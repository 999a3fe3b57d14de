import {
  parseBodySecret,
  parseSigningSecret,
  type RequestHeaders,
  signHexSignature,
  signStandardWebhook,
  signTypeform,
} from "@carewire/verifiers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type LeadKey, parseLeadSecret } from "./lead-key.ts";
import { verifyLead } from "./verify-lead.ts";

const nowSeconds = 1_767_225_600;
const secretText = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const body = Buffer.from('{"email":"sam@clinic.example"}');
const keys = keysOf(`other=abcdefgh,${secretText}`);

function keysOf(list: string): LeadKey[] {
  return list.split(",").map((text) => {
    const parsed = parseLeadSecret(text);
    if (!parsed.ok) throw new Error(parsed.detail);
    return parsed.key;
  });
}

const signingKey = parseSigningSecret(secretText);
const bodyKey = parseBodySecret(secretText);
if (!signingKey.ok || !bodyKey.ok) throw new Error("the tests' secret is none");

const standard = {
  "webhook-id": "msg_1",
  "webhook-timestamp": `${nowSeconds}`,
  "webhook-signature": signStandardWebhook(signingKey.key, "msg_1", nowSeconds, body),
};
const svix = Object.fromEntries(
  Object.entries(standard).map(([k, v]) => [k.replace("webhook-", "svix-"), v]),
);
const typeform = { "typeform-signature": signTypeform(bodyKey.key, body) };
const signature = { "x-webhook-signature": signHexSignature(bodyKey.key, body) };
const token = { authorization: `Bearer ${secretText}` };

const verify = (headers: RequestHeaders, secrets = keys, rawBody: Uint8Array = body) =>
  verifyLead({ headers, rawBody, nowMs: nowSeconds * 1_000, secrets });

test.each<[string, RequestHeaders, object]>([
  ["Standard Webhooks", standard, { id: "msg_1" }],
  ["Svix's headers", svix, { id: "msg_1" }],
  ["Typeform", typeform, {}],
  ["X-Webhook-Signature", signature, {}],
  ["a bearer token", token, {}],
  ["X-Webhook-Token", { "x-webhook-token": secretText }, {}],
])("%s is accepted, and says which secret it was", (_name, headers, more) => {
  expect(verify(headers)).toMatchObject({ ok: true, matchedSecretIndex: 1, ...more });
});

test.each<[string, string, RequestHeaders[]]>([
  ["standard", "standard", [typeform, signature, token]],
  ["typeform", "typeform", [standard, signature, token]],
  ["signature", "signature", [standard, typeform, token]],
  ["token", "token", [standard, typeform, signature]],
])("a source whose scheme is %s accepts no other", (_name, scheme, refused) => {
  const secrets = keysOf(`crm:${scheme}=${secretText}`);
  const own = { standard, typeform, signature, token }[scheme];
  expect(verify(own as RequestHeaders, secrets)).toMatchObject({ ok: true });
  for (const headers of refused) expect(verify(headers, secrets).ok).toBe(false);
});

test.each<[string, RequestHeaders]>([
  ["a stale timestamp", { ...standard, "webhook-timestamp": `${nowSeconds - 301}`, ...signature }],
  ["half of Standard Webhooks", { "webhook-id": "msg_1", ...token }],
  ["half of Svix", { "svix-signature": "v1,x", ...signature }],
  ["a wrong Typeform signature", { "typeform-signature": "sha256=x", ...signature }],
  ["a wrong signature", { "x-webhook-signature": "0".repeat(64), ...token }],
  ["nothing", {}],
])("%s is refused, whatever weaker proof comes with it", (_name, headers) => {
  expect(verify(headers).ok).toBe(false);
});

test.each([standard, typeform, signature])("a signature does not survive another body", (headers) => {
  expect(verify(headers, keys, Buffer.from(`${body} `))).toMatchObject({ ok: false });
});

test("random headers never throw and never pass", () => {
  const value = fc.option(fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.string())), { nil: undefined });
  const names = [...Object.keys(standard), "svix-id", "typeform-signature", "x-webhook-signature"];
  const headers = fc.record(
    Object.fromEntries([...names, "authorization", "x-webhook-token"].map((name) => [name, value])),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(headers, fc.uint8Array(), (given, rawBody) => {
      expect(verify(given as RequestHeaders, keys, rawBody).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
