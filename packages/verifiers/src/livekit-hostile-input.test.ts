import fc from "fast-check";
import { expect, test } from "vitest";
import { signLiveKit, verifyLiveKit } from "./livekit.ts";
import { parseLiveKitSecret } from "./livekit-key.ts";
import { mutations } from "./testing/mutations.ts";

const nowSeconds = 1_767_225_600;
const body = Buffer.from('{"event":"room_started","id":"EV_1","createdAt":"1767225599"}');
const parsed = parseLiveKitSecret("APItestkey:livekit-test-secret-0123456789abcdef");
if (!parsed.ok) throw new Error(parsed.detail);
const secrets = [parsed.key];
const token = signLiveKit(parsed.key, nowSeconds, body);
const verify = (authorization: string | string[] | undefined, rawBody: Uint8Array = body) =>
  verifyLiveKit({ headers: { authorization }, rawBody, nowMs: nowSeconds * 1000, secrets });

test("the token itself is accepted, so what follows is not refused for another reason", () => {
  expect(verify(token)).toMatchObject({ ok: true });
});

test("random headers and bodies never throw and never pass", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.base64String());
  const segment = fc.oneof(
    text,
    fc.json().map((json) => Buffer.from(json).toString("base64url")),
  );
  const almostToken = fc.tuple(segment, segment, segment).map((parts) => parts.join("."));
  const header = fc.option(fc.oneof(text, almostToken, fc.array(text)), { nil: undefined });
  fc.assert(
    fc.property(header, fc.uint8Array(), (authorization, rawBody) => {
      expect(verify(authorization, rawBody).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("a body that differs in one place never passes", () => {
  fc.assert(
    fc.property(mutations(body), (rawBody) => {
      expect(verify(token, rawBody)).toEqual({ ok: false, code: "body_hash_mismatch" });
    }),
    { numRuns: 500 },
  );
});

test("a token that differs in one place never passes", () => {
  fc.assert(
    fc.property(mutations(Buffer.from(token)), (mutated) => {
      expect(verify(mutated.toString("latin1")).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("every single bit of the token counts", () => {
  for (let at = 0; at < token.length * 8; at++) {
    const bytes = Buffer.from(token);
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
    expect(verify(bytes.toString("latin1")).ok).toBe(false);
  }
});

test("random text is never taken for a key pair without a colon, and parsing it never throws or quotes it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 9 }), (junk) => {
      const result = parseLiveKitSecret(junk);
      if (!junk.includes(":")) expect(result.ok).toBe(false);
      if (!result.ok) expect(result.detail).not.toContain(junk);
    }),
  );
});
