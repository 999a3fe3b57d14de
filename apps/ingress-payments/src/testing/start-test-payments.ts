import { type Clock, newId } from "@carewire/envelope";
import type { RunningService } from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import { z } from "zod";
import { createStripeProvider } from "../providers/stripe/provider.ts";

export const organizationId = newId(Date.now());

export interface TestPaymentsOptions {
  databaseUrl: string;
  secrets: readonly string[];
  clock: Clock;
}

/** Starts the payments ingress on a free port; it cannot end the process it runs in. */
export function startTestPayments({
  databaseUrl,
  secrets,
  clock,
}: TestPaymentsOptions): Promise<RunningService> {
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
    LOG_LEVEL: "fatal",
  });
  return runIngress({
    family: "payments",
    env: { ...env, PORT: 0 },
    providers: [bindProvider(createStripeProvider({ mode: "any" }), secrets)],
    clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
}
