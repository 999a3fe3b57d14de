import { inspect } from "node:util";
import { expect, test } from "vitest";
import { type Credentials, createAccessToken } from "./access-token.ts";
import { CarewireApiError } from "./api-error.ts";

const now = () => 0;

test.each<[string, Credentials]>([
  ["a line break", "cw_live_a\nSECRET"],
  ["a space", "cw_live SECRET"],
  ["a letter no header has", "cw_live_SECRETü"],
  ["a space, from a function", async () => "cw_live SECRET"],
  ["a line break, from a function", async () => ({ token: "SECRET\n", expiresInSeconds: 60 })],
])("a key with %s is refused before anything is sent, and not repeated", async (_name, credentials) => {
  const error = await createAccessToken(credentials, now)
    .get()
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CarewireApiError);
  expect(error).toMatchObject({ code: "credentials_invalid", status: null, tries: 0, retryable: false });
  expect(inspect(error)).not.toContain("SECRET");
});

test.each<[Credentials]>([[""], [undefined as unknown as Credentials], [async () => ""]])(
  "an empty key is said to be empty",
  async (credentials) => {
    await expect(createAccessToken(credentials, now).get()).rejects.toThrow("is empty");
  },
);

test("a function is asked once for all who need a token, and again after it gave one that cannot be used", async () => {
  const given = ["not usable", "good", "other"];
  const token = createAccessToken(async () => given.shift() ?? "", now);
  await expect(token.get()).rejects.toThrow("nothing was sent");
  expect(await Promise.all([token.get(), token.get()])).toEqual(["good", "good"]);
  expect(given).toEqual(["other"]);
});
