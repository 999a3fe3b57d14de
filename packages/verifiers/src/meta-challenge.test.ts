import fc from "fast-check";
import { expect, test } from "vitest";
import { verifyMetaChallenge } from "./meta-challenge.ts";

const token = "a-verify-token";
const asked = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token };
const verify = (query: ConstructorParameters<typeof URLSearchParams>[0], tokens: string[] = [token]) =>
  verifyMetaChallenge(new URLSearchParams(query), tokens);

test("whoever knows the token gets the challenge back, and nothing else", () => {
  expect(verify(asked)).toEqual({ ok: true, challenge: "1158201444" });
});

test("either token counts while it is being changed", () => {
  expect(verify(asked, ["the-next-token", token])).toMatchObject({ ok: true });
});

test.each([
  ["another mode", { ...asked, "hub.mode": "unsubscribe" }],
  ["an HTML challenge", { ...asked, "hub.challenge": "<script>alert(1)</script>" }],
  ["an endless challenge", { ...asked, "hub.challenge": "1".repeat(129) }],
  ["an empty challenge", { ...asked, "hub.challenge": "" }],
  ["a challenge with a line break", { ...asked, "hub.challenge": "1\r\nx: y" }],
  ["no mode", { "hub.challenge": "1", "hub.verify_token": token }],
  ["no challenge", { "hub.mode": "subscribe", "hub.verify_token": token }],
  ["no token", { "hub.mode": "subscribe", "hub.challenge": "1" }],
  ["nothing", {}],
  ["nested names", { "hub[mode]": "subscribe", "hub[challenge]": "1", "hub[verify_token]": token }],
  ["names with underscores", { hub_mode: "subscribe", hub_challenge: "1", hub_verify_token: token }],
])("a request with %s is refused", (_name, query) => {
  expect(verify(query as Record<string, string>)).toEqual({ ok: false, code: "parameter" });
});

test.each(Object.entries(asked))("a repeated %s is refused, even the same one", (name, value) => {
  expect(verify([...Object.entries(asked), [name, value]])).toEqual({ ok: false, code: "parameter" });
});

test.each([
  ["another", "wrong"],
  ["an empty", ""],
  ["a part of the", token.slice(0, -1)],
  ["a longer", `${token}x`],
  ["a differently written", token.toUpperCase()],
])("%s token is refused", (_name, given) => {
  expect(verify({ ...asked, "hub.verify_token": given })).toEqual({ ok: false, code: "token" });
});

test("an empty token never matches, not even an empty setting", () => {
  expect(verify({ ...asked, "hub.verify_token": "" }, [""])).toMatchObject({ ok: false });
  expect(verify(asked, [])).toMatchObject({ ok: false });
});

test("random queries never throw and never pass", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("subscribe", "1"));
  const name = fc.oneof(fc.constantFrom(...Object.keys(asked)), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      expect(verify(pairs).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
