import { expect, test } from "vitest";
import { z } from "zod";
import { checkMobileMoney, mobileMoneyEnvShape, mtnMomoOf, orangeMoneyOf, providersOn } from "./settings.ts";

const schema = z
  .object({ ...mobileMoneyEnvShape, CAREWIRE_ENV: z.enum(["local", "production"]).default("local") })
  .superRefine(checkMobileMoney);
const orange = {
  ORANGE_MONEY_CLIENT_ID: "id",
  ORANGE_MONEY_CLIENT_SECRET: "secret",
  ORANGE_MONEY_ENVIRONMENT: "ml",
};
const mtn = {
  MTN_MOMO_API_USER: "user",
  MTN_MOMO_API_KEY: "key",
  MTN_MOMO_SUBSCRIPTION_KEY: "subscription",
  MTN_MOMO_TARGET_ENVIRONMENT: "mtncameroon",
};

test("without settings both providers are off, with all of a provider's it is on", () => {
  expect([...providersOn(schema.parse({}))]).toEqual([]);
  expect(orangeMoneyOf(schema.parse(orange))).toMatchObject({
    url: "https://api.orange.com",
    environment: "ml",
  });
  expect(mtnMomoOf(schema.parse(mtn))).toMatchObject({ targetEnvironment: "mtncameroon" });
  expect([...providersOn(schema.parse({ ...orange, ...mtn }))]).toEqual(["orange-money", "mtn-momo"]);
});

const problemsOf = (env: Record<string, string>): string[] =>
  schema.safeParse(env).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];

test.each([...Object.keys(orange), ...Object.keys(mtn)])(
  "half of a provider's settings is refused, naming %s",
  (name) => {
    const { [name]: _left, ...rest }: Record<string, string> = { ...orange, ...mtn };
    const problems = problemsOf(rest);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} is required beside`);
  },
);

test.each<[Record<string, string>, boolean]>([
  [{ ...orange, ORANGE_MONEY_ENVIRONMENT: "dev" }, false],
  [{ ...mtn, MTN_MOMO_TARGET_ENVIRONMENT: "sandbox" }, false],
  [{ ...orange, ORANGE_MONEY_ENVIRONMENT: "dev", MOBILE_MONEY_MODE: "any" }, true],
  [{ ...orange, ...mtn }, true],
])("in production the money of a test environment counts only if that is wanted", (env, isFine) => {
  expect(problemsOf({ ...env, CAREWIRE_ENV: "production" })).toHaveLength(isFine ? 0 : 1);
  expect(problemsOf(env)).toEqual([]);
});

test("an address with a path or a user in it is refused", () => {
  for (const url of ["https://api.example.com/v1", "https://u:p@api.example.com", "api.example.com"]) {
    expect(problemsOf({ MTN_MOMO_URL: url })).toHaveLength(1);
  }
});
