import { expect, test } from "vitest";
import { z } from "zod";
import { checkMobileMoney, mobileMoneyEnvShape, mtnMomoOf, orangeMoneyOf, providersOn } from "./settings.ts";

const schema = z
  .object({
    ...mobileMoneyEnvShape,
    CAREWIRE_ENV: z.enum(["local", "production"]).default("local"),
    CAREWIRE_ORGANIZATION_ID: z.string().optional(),
  })
  .superRefine(checkMobileMoney);
const ours = { CAREWIRE_ORGANIZATION_ID: "00000000-0000-7000-8000-000000000001" };
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
  expect(orangeMoneyOf(schema.parse({ ...ours, ...orange }))).toMatchObject({
    url: "https://api.orange.com",
    environment: "ml",
  });
  expect(mtnMomoOf(schema.parse({ ...ours, ...mtn }))).toMatchObject({ targetEnvironment: "mtncameroon" });
  expect([...providersOn(schema.parse({ ...ours, ...orange, ...mtn }))]).toEqual([
    "orange-money",
    "mtn-momo",
  ]);
});

const problemsOf = (env: Record<string, string>): string[] =>
  schema.safeParse(env).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];

test.each([...Object.keys(orange), ...Object.keys(mtn)])(
  "half of a provider's settings is refused, naming %s",
  (name) => {
    const { [name]: _left, ...rest }: Record<string, string> = { ...orange, ...mtn };
    const problems = problemsOf({ ...ours, ...rest });
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
  expect(problemsOf({ ...ours, ...env, CAREWIRE_ENV: "production" })).toHaveLength(isFine ? 0 : 1);
  expect(problemsOf({ ...ours, ...env })).toEqual([]);
});

test.each([orange, mtn])("a provider that is on must be an organization's", (env) => {
  expect(problemsOf(env)).toEqual([expect.stringMatching(/^CAREWIRE_ORGANIZATION_ID is required/)]);
});

test("an address with a path or a user in it is refused", () => {
  for (const url of ["https://api.example.com/v1", "https://u:p@api.example.com", "api.example.com"]) {
    expect(problemsOf({ MTN_MOMO_URL: url })).toHaveLength(1);
  }
});
