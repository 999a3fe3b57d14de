import fc from "fast-check";
import { expect, test } from "vitest";
import { mutations } from "./testing/mutations.ts";
import { parseToken, type TokenKey, verifyToken } from "./token.ts";
import type { RefusalCode } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

const text = "tok_5cc7a3f0b1d94e6e";
const key = keyOf(text);

function keyOf(token: string): TokenKey {
  const parsed = parseToken(token);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const verify = (headers: RequestHeaders, secrets = [key]) => verifyToken({ headers, secrets });

test.each<[string, RequestHeaders]>([
  ["in Authorization", { authorization: `Bearer ${text}` }],
  ["in Authorization, in small letters", { authorization: `bearer ${text}` }],
  ["in X-Webhook-Token", { "x-webhook-token": text }],
  ["in both", { authorization: `Bearer ${text}`, "x-webhook-token": text }],
])("accepts the token %s", (_name, headers) => {
  expect(verify(headers)).toEqual({ ok: true, matchedSecretIndex: 0 });
  expect(verify(headers, [keyOf("tok_new"), key])).toEqual({ ok: true, matchedSecretIndex: 1 });
});

test.each<[string, RequestHeaders, RefusalCode]>([
  ["no token", {}, "header_missing"],
  ["an empty token", { "x-webhook-token": "" }, "header_missing"],
  ["an empty Authorization", { authorization: "" }, "header_missing"],
  ["a token given as a list", { "x-webhook-token": [text] }, "header_repeated"],
  ["Authorization given as a list", { authorization: [`Bearer ${text}`] }, "header_repeated"],
  ["a token over 8 KiB", { "x-webhook-token": text.repeat(500) }, "header_too_long"],
  ["two tokens, joined by Node", { "x-webhook-token": `${text}, ${text}` }, "signature_mismatch"],
  ["another token", { "x-webhook-token": `${text}0` }, "signature_mismatch"],
  ["a part of the token", { "x-webhook-token": text.slice(0, -1) }, "signature_mismatch"],
  ["the token in capitals", { "x-webhook-token": text.toUpperCase() }, "signature_mismatch"],
  [
    "the token with Bearer in the wrong header",
    { "x-webhook-token": `Bearer ${text}` },
    "signature_mismatch",
  ],
  ["the token without Bearer", { authorization: text }, "header_malformed"],
  ["Basic credentials", { authorization: `Basic ${text}` }, "header_malformed"],
  ["nothing after Bearer", { authorization: "Bearer " }, "header_malformed"],
  ["two spaces after Bearer", { authorization: `Bearer  ${text}` }, "header_malformed"],
  ["a line break after the token", { authorization: `Bearer ${text}\n` }, "header_malformed"],
  ["a token that is not ASCII", { authorization: `Bearer ${text}é` }, "header_malformed"],
  [
    "two tokens that differ, one of them right",
    { authorization: `Bearer ${text}`, "x-webhook-token": "tok_other" },
    "header_conflict",
  ],
  [
    "the right token beside a broken header",
    { authorization: "x", "x-webhook-token": text },
    "header_malformed",
  ],
])("refuses %s", (_name, headers, code) => {
  expect(verify(headers)).toEqual({ ok: false, code });
});

test("refuses everything when there is no secret", () => {
  expect(verify({ "x-webhook-token": text }, [])).toEqual({ ok: false, code: "signature_mismatch" });
});

test("random headers never throw and never pass, nor does a token that differs in one place", () => {
  const junk = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.array(fc.string()));
  const value = fc.option(
    fc.oneof(
      junk,
      fc.string().map((token) => `Bearer ${token}`),
    ),
    { nil: undefined },
  );
  fc.assert(
    fc.property(value, value, mutations(Buffer.from(text)), (authorization, token, mutated) => {
      expect(verify({ authorization, "x-webhook-token": token }).ok).toBe(false);
      expect(verify({ "x-webhook-token": mutated.toString("latin1") }).ok).toBe(false);
      expect(verify({ authorization: `Bearer ${mutated.toString("latin1")}` }).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["", "empty"],
  ["tok_1\n", "whitespace"],
  ["tok_é", "encoding"],
])("%j is no token, and what is wrong does not repeat it", (token, code) => {
  const parsed = parseToken(token);
  expect(parsed).toMatchObject({ ok: false, code });
  if (!parsed.ok && token !== "") expect(parsed.detail).not.toContain(token);
});
