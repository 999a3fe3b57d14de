import {
  generateEd25519Secrets,
  generateHmacSecret,
  parseEkaSecret,
  parseSigningSecret,
  signatureHeaders,
} from "@carewire/verifiers";
import vectorFile from "@carewire/verifiers/provider-vectors.json" with { type: "json" };
import fc from "fast-check";
import { expect, test } from "vitest";
import { engine as webEngine } from "./engine-web.ts";
import { verifyWithBoth } from "./testing/both-engines.ts";
import { verify, verifyAsync } from "./verify.ts";
import type { WebhookScheme } from "./verify-result.ts";
import { verifyAsyncWith, verifyWith } from "./verify-with.ts";
import type { WebhookHeaders } from "./webhook-headers.ts";

interface Vector {
  provider: string;
  name: string;
  now: number;
  secret: string;
  body: string;
  headers: Record<string, string>;
  ok: boolean;
  code?: string;
}

const vectors = vectorFile.vectors as unknown as Vector[];
const ours = vectors.filter(({ provider }) => ["standard-webhooks", "resend", "eka"].includes(provider));

const nowSeconds = 1_767_225_600;
const now = nowSeconds * 1000;

test("there are vectors of every scheme", () => {
  expect(new Set(ours.map(({ provider }) => provider)).size).toBe(3);
});

test.each(ours)("both engines agree with the vector $provider: $name", async (vector) => {
  const result = await verifyWithBoth(vector.body, vector.headers, vector.secret, { now: vector.now * 1000 });
  expect(result).toMatchObject(vector.ok ? { ok: true } : { ok: false, code: vector.code });
});

/** What signs and what verifies, for each kind of signature. */
const signers = fc.uint8Array({ minLength: 32, maxLength: 32 }).chain((random) => {
  const pair = generateEd25519Secrets(() => random);
  const shared = generateHmacSecret(() => random);
  const eka = Buffer.from(random).toString("base64url");
  const kinds: { scheme: WebhookScheme; signing: string; verifying: string }[] = [
    { scheme: "standard-webhooks", signing: shared, verifying: shared },
    { scheme: "svix", signing: shared, verifying: shared },
    { scheme: "standard-webhooks", signing: pair.signing, verifying: pair.verifying },
    { scheme: "eka", signing: eka, verifying: eka },
  ];
  return fc.constantFrom(...kinds);
});

function sign(scheme: WebhookScheme, secret: string, id: string, body: Uint8Array): Record<string, string> {
  const parsed = scheme === "eka" ? parseEkaSecret(secret) : parseSigningSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  const list = signatureHeaders({ scheme, keys: [parsed.key] } as never, id, nowSeconds, body);
  return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? ""]] : [])));
}

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);

test("whatever is signed is accepted by both engines, in every scheme", async () => {
  await fc.assert(
    fc.asyncProperty(signers, ids, fc.uint8Array({ maxLength: 300 }), async (signer, id, body) => {
      const headers = sign(signer.scheme, signer.signing, id, body);
      const result = await verifyWithBoth(body, headers, ["whsec_".padEnd(50, "A"), signer.verifying], {
        now,
      });
      expect(result).toMatchObject({ ok: true, id, scheme: signer.scheme, matchedSecretIndex: 1 });
    }),
    { numRuns: 150 },
  );
});

test("a request that was changed in one place is refused by both engines with the same code", async () => {
  const at = fc.nat(10_000);
  const change = fc.constantFrom("body", "headers");
  await fc.assert(
    fc.asyncProperty(
      signers,
      ids,
      at,
      fc.integer({ min: 1, max: 127 }),
      change,
      async (signer, id, where, flip, what) => {
        const body = Buffer.from('{"type":"appointment.created","data":{"patient_id":"pat_1"}}');
        const headers = sign(signer.scheme, signer.signing, id, body);
        if (what === "body") body.writeUInt8(body.readUInt8(where % body.length) ^ flip, where % body.length);
        const names = Object.keys(headers).filter((name) => signer.scheme !== "eka" || name !== "webhook-id");
        const name = names[where % names.length] ?? "";
        const text = Buffer.from(headers[name] ?? "");
        const spot = where % text.length;
        text.writeUInt8((text.readUInt8(spot) ^ flip) & 0x7f, spot);
        const changed = what === "headers" ? { ...headers, [name]: text.toString("latin1") } : headers;
        const result = await verifyWithBoth(body, changed, signer.verifying, { now });
        expect(result.ok).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

test("random requests and secrets: the engines agree, nothing is thrown, nothing accepted", async () => {
  const anyHeaders = fc.dictionary(
    fc.constantFrom(
      "webhook-id",
      "webhook-timestamp",
      "webhook-signature",
      "svix-id",
      "Eka-Webhook-Signature",
    ),
    fc.oneof(
      fc.anything(),
      fc.constant(`${nowSeconds}`),
      fc.base64String().map((text) => `v1,${text} v1a,${text}`),
    ),
  );
  const secret = fc.oneof(
    fc.string(),
    fc.base64String().map((text) => `whsec_${text}`),
    fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((key) => `whpk_${Buffer.from(key).toString("base64")}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.anything(), anyHeaders, fc.array(secret), async (body, headers, secrets) => {
      const result = await verifyWithBoth(body as string, headers as WebhookHeaders, secrets, { now });
      expect(result.ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test("WebCrypto alone cannot answer at once, and says what to use instead", () => {
  const result = verifyWith(webEngine, "{}", {}, "whsec_x", {});
  expect(result).toMatchObject({ ok: false, code: "sync_unavailable" });
  expect(result).toHaveProperty("message", expect.stringContaining("verifyAsync"));
});

test("on Node both functions use node:crypto and say the same", async () => {
  const secret = generateHmacSecret(() => Buffer.alloc(32, 7));
  const headers = sign("standard-webhooks", secret, "evt_1", Buffer.from("{}"));
  const expected = { ok: true, id: "evt_1" };
  expect(verify("{}", headers, secret, { now })).toMatchObject(expected);
  expect(await verifyAsync("{}", headers, secret, { now })).toMatchObject(expected);
});

test("a runtime whose WebCrypto lacks the algorithm is a refusal, not an exception", async () => {
  const { verifying, signing } = generateEd25519Secrets(() => Buffer.alloc(32, 9));
  const headers = sign("standard-webhooks", signing, "evt_1", Buffer.from("{}"));
  const poor = { ...webEngine, matches: () => Promise.reject(new Error("NotSupportedError")) };
  const result = await verifyAsyncWith(poor, "{}", headers, verifying, { now });
  expect(result).toMatchObject({ ok: false, code: "secret_invalid" });
});
