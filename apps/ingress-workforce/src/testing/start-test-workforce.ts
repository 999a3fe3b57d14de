import { type Clock, newId } from "@carewire/envelope";
import type { RunningService } from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import { z } from "zod";
import { workforceProvider } from "../providers/workforce/provider.ts";

export const organizationId = newId(Date.now());
export const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
export const previousSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;

/** Starts the workforce ingress on a free port; it cannot end the process it runs in. */
export function startTestWorkforce(options: { databaseUrl: string; clock: Clock }): Promise<RunningService> {
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: options.databaseUrl,
    KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
    LOG_LEVEL: "fatal",
  });
  return runIngress({
    family: "workforce",
    env: { ...env, PORT: 0 },
    providers: [bindProvider(workforceProvider, [secret, previousSecret])],
    clock: options.clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
}
