import { createFakeClock } from "@carewire/testkit";
import { beforeEach, expect, test, vi } from "vitest";
import type { Oauth2Client } from "./endpoint-auth.ts";
import { createOauthTokens, type OauthTokens, type TokenOutcome } from "./oauth-tokens.ts";

const clock = createFakeClock(1_000_000);
const client: Oauth2Client = {
  id: "s1:1",
  tokenUrl: new URL("https://id.example.com/token"),
  clientId: "c",
  clientSecret: "s",
  scope: null,
};
let tokens: OauthTokens;
let lifetimeMs = 0;
const fetchToken = vi.fn<(of: Oauth2Client) => Promise<TokenOutcome>>();

beforeEach(() => {
  lifetimeMs = 3_600_000;
  let number = 0;
  fetchToken
    .mockReset()
    .mockImplementation(async ({ id }) => ({ kind: "token", token: `${id}/${++number}`, lifetimeMs }));
  tokens = createOauthTokens({ fetchToken, clock, tokensMax: 2 });
});

const tokenOf = async (asked: Promise<TokenOutcome>) => {
  const outcome = await asked;
  return outcome.kind === "token" ? outcome.token : outcome.kind;
};

test("a token is fetched once, however many ask, until a minute before its end", async () => {
  const first = await Promise.all([1, 2, 3].map(() => tokenOf(tokens.get(client))));
  clock.advance(3_600_000 - 60_001);
  expect([...first, await tokenOf(tokens.get(client))]).toEqual(Array(4).fill("s1:1/1"));
  clock.advance(1);
  expect(await tokenOf(tokens.get(client))).toBe("s1:1/2");
  expect(fetchToken).toHaveBeenCalledTimes(2);
});

test("a short-lived token is used for nine tenths of its life", async () => {
  lifetimeMs = 10_000;
  await tokens.get(client);
  clock.advance(8_999);
  expect(await tokenOf(tokens.get(client))).toBe("s1:1/1");
  clock.advance(1);
  expect(await tokenOf(tokens.get(client))).toBe("s1:1/2");
});

test("another version of the subscription never gets the old token", async () => {
  await tokens.get(client);
  expect(await tokenOf(tokens.get({ ...client, id: "s1:2" }))).toBe("s1:2/2");
});

test("a refused token is renewed once for everybody it was refused to", async () => {
  const refused = await tokenOf(tokens.get(client));
  const renewed = await Promise.all([1, 2].map(() => tokenOf(tokens.renew(client, refused))));
  expect([...renewed, await tokenOf(tokens.renew(client, refused))]).toEqual(Array(3).fill("s1:1/2"));
  expect(fetchToken).toHaveBeenCalledTimes(2);
});

test("a failure is told to everybody who waited, and not remembered", async () => {
  fetchToken.mockResolvedValueOnce({ kind: "auth_failed", detail: "x" });
  expect(await Promise.all([1, 2].map(() => tokenOf(tokens.get(client))))).toEqual([
    "auth_failed",
    "auth_failed",
  ]);
  expect(await tokenOf(tokens.get(client))).toBe("s1:1/1");
});

test("no more tokens are kept than allowed", async () => {
  for (const id of ["a:1", "b:1", "c:1", "a:1"]) await tokens.get({ ...client, id });
  expect(fetchToken).toHaveBeenCalledTimes(4);
});
