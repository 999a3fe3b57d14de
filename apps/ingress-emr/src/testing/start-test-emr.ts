import { type Clock, newId } from "@carewire/envelope";
import type { RunningService } from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import { z } from "zod";
import { emrProvider } from "../providers/emr/provider.ts";
import { createHl7v2Provider } from "../providers/hl7v2/provider.ts";

export const organizationId = newId(Date.now());
export const keyEncryptionKeys = `test1:${Buffer.alloc(32, 7).toString("base64")}`;
export const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
/** Of an EMR that cannot sign by Standard Webhooks. */
export const legacySecret = `ehs_${"e".repeat(32)}`;
export const previousSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;

/** Starts the EMR ingress as in production, but for TLS, on a free port; it cannot end the process it runs in. */
export function startTestEmr(options: { databaseUrl: string; clock: Clock }): Promise<RunningService> {
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: options.databaseUrl,
    KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
    LOG_LEVEL: "fatal",
  });
  const secrets = [secret, legacySecret, previousSecret];
  return runIngress({
    family: "emr",
    env: { ...env, PORT: 0 },
    providers: [
      bindProvider(emrProvider, secrets),
      bindProvider(createHl7v2Provider({ processing: "production" }), secrets),
    ],
    clock: options.clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
}
