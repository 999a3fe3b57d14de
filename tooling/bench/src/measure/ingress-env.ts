import type { BenchDatabase } from "../seed/bench-database.ts";

export const stripeSecret = "whsec_bench_0123456789abcdefghijklmn";

/** The environment of the payments ingress on this database. */
export const ingressEnv = (database: BenchDatabase): Record<string, string> => ({
  ...database.appEnv,
  CAREWIRE_ORGANIZATION_ID: database.organizationId,
  STRIPE_WEBHOOK_SECRET: stripeSecret,
  MOBILE_MONEY_CALLBACK_SECRET: "bench-callback-secret",
});
