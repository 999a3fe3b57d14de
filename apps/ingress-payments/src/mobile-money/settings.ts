import { z } from "zod";
import type { MobileMoneyProvider } from "./payment.ts";

/** An origin: scheme, host and perhaps a port. */
export const originSchema = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^https?:\/\/[^/?#@]+\/?$/.test(text),
    "must be an origin such as https://api.example.com, without a path",
  );

const text = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must not contain blanks")
  .optional();

/** What Orange Money's status is read with. All three or none: without them the provider is off. */
const orangeMoney = {
  ORANGE_MONEY_CLIENT_ID: text,
  ORANGE_MONEY_CLIENT_SECRET: text,
  /** `dev`, or the country: ml, cm, sn, … */
  ORANGE_MONEY_ENVIRONMENT: z
    .string()
    .regex(/^[a-z]{2,16}$/, "must be dev or a country code such as ml")
    .optional(),
};

/** What MTN MoMo's status is read with. All four or none. */
const mtnMomo = {
  MTN_MOMO_API_USER: text,
  MTN_MOMO_API_KEY: text,
  MTN_MOMO_SUBSCRIPTION_KEY: text,
  /** `sandbox`, or the market: mtncameroon, mtnghana, … */
  MTN_MOMO_TARGET_ENVIRONMENT: z
    .string()
    .regex(/^[a-z]{3,40}$/, "must be sandbox or a market such as mtncameroon")
    .optional(),
};

/** The settings of both providers; both roles read them. */
export const mobileMoneyEnvShape = {
  ...orangeMoney,
  ...mtnMomo,
  ORANGE_MONEY_URL: originSchema.default("https://api.orange.com"),
  MTN_MOMO_URL: originSchema.default("https://proxy.momoapi.mtn.com"),
  /** `live`: a provider's test environment is refused. Default: `live` in production, else `any`. */
  MOBILE_MONEY_MODE: z.enum(["live", "any"]).optional(),
};

export type MobileMoneyEnv = z.output<z.ZodObject<typeof mobileMoneyEnvShape>> & {
  CAREWIRE_ENV: "local" | "production";
  CAREWIRE_ORGANIZATION_ID?: string | undefined;
};

/** Where and as whom Orange Money is asked. */
export interface OrangeMoneySettings {
  url: string;
  environment: string;
  clientId: string;
  clientSecret: string;
}

/** Where and as whom MTN MoMo is asked. */
export interface MtnMomoSettings {
  url: string;
  targetEnvironment: string;
  apiUser: string;
  apiKey: string;
  subscriptionKey: string;
}

/** Refuses half of a provider's settings, a provider that is nobody's, and test money where only real money counts. */
export function checkMobileMoney(env: MobileMoneyEnv, context: z.RefinementCtx): void {
  const mode = env.MOBILE_MONEY_MODE ?? (env.CAREWIRE_ENV === "production" ? "live" : "any");
  for (const shape of [orangeMoney, mtnMomo]) {
    const names = Object.keys(shape) as (keyof typeof orangeMoney | keyof typeof mtnMomo)[];
    const missing = names.filter((name) => env[name] === undefined);
    if (missing.length === 0 || missing.length === names.length) continue;
    for (const name of missing) {
      const message = `is required beside ${names.filter((other) => !missing.includes(other)).join(", ")}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  }
  if (env.CAREWIRE_ORGANIZATION_ID === undefined && providersOn(env).size > 0) {
    const message = "is required beside the settings of mobile money: whose they are";
    context.addIssue({ code: "custom", path: ["CAREWIRE_ORGANIZATION_ID"], message });
  }
  const tests = { ORANGE_MONEY_ENVIRONMENT: "dev", MTN_MOMO_TARGET_ENVIRONMENT: "sandbox" } as const;
  for (const name of ["ORANGE_MONEY_ENVIRONMENT", "MTN_MOMO_TARGET_ENVIRONMENT"] as const) {
    if (mode === "any" || env[name] !== tests[name]) continue;
    const message = `is the provider's test environment, whose money must not pay orders; MOBILE_MONEY_MODE=any lets it`;
    context.addIssue({ code: "custom", path: [name], message });
  }
}

/** Null: the provider is off. */
export function orangeMoneyOf(env: MobileMoneyEnv): OrangeMoneySettings | null {
  const { ORANGE_MONEY_CLIENT_ID: clientId, ORANGE_MONEY_CLIENT_SECRET: clientSecret } = env;
  const environment = env.ORANGE_MONEY_ENVIRONMENT;
  if (!clientId || !clientSecret || !environment) return null;
  return { url: env.ORANGE_MONEY_URL, environment, clientId, clientSecret };
}

/** Null: the provider is off. */
export function mtnMomoOf(env: MobileMoneyEnv): MtnMomoSettings | null {
  const { MTN_MOMO_API_USER: apiUser, MTN_MOMO_API_KEY: apiKey } = env;
  const { MTN_MOMO_SUBSCRIPTION_KEY: subscriptionKey, MTN_MOMO_TARGET_ENVIRONMENT: targetEnvironment } = env;
  if (!apiUser || !apiKey || !subscriptionKey || !targetEnvironment) return null;
  return { url: env.MTN_MOMO_URL, targetEnvironment, apiUser, apiKey, subscriptionKey };
}

/** The providers that are on. */
export const providersOn = (env: MobileMoneyEnv): ReadonlySet<MobileMoneyProvider> =>
  new Set([
    ...(orangeMoneyOf(env) ? (["orange-money"] as const) : []),
    ...(mtnMomoOf(env) ? (["mtn-momo"] as const) : []),
  ]);
