import { type Clock, newId } from "@carewire/envelope";
import type { RunningService } from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import { z } from "zod";
import { livekitProvider } from "../providers/livekit/provider.ts";

export const organizationId = newId(Date.now());

export interface TestTelemedicineOptions {
  databaseUrl: string;
  /** Key pairs, `<API key>:<API secret>`. */
  secrets: readonly string[];
  clock: Clock;
}

/** Starts the telemedicine ingress on a free port; it cannot end the process it runs in. */
export function startTestTelemedicine({
  databaseUrl,
  secrets,
  clock,
}: TestTelemedicineOptions): Promise<RunningService> {
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
    LOG_LEVEL: "fatal",
  });
  return runIngress({
    family: "telemedicine",
    env: { ...env, PORT: 0 },
    providers: [bindProvider(livekitProvider, secrets)],
    clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
}
