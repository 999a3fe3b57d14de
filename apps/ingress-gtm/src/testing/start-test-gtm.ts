import { newId } from "@carewire/envelope";
import type { RunningService } from "@carewire/service-kit";
import { bindProvider, type IngressEnv, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import type { FakeClock } from "@carewire/testkit";
import { z } from "zod";
import { leadsProvider } from "../providers/leads/provider.ts";
import { resendProvider } from "../providers/resend/provider.ts";

export const organizationId = newId(Date.now());
export const resendSecret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
/** That of the published vectors. */
export const previousSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const keyEncryptionKeys = `test1:${Buffer.alloc(32, 7).toString("base64")}`;
export const leadSecret = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

export interface TestGtmOptions {
  databaseUrl: string;
  clock: FakeClock;
  leadSecrets?: readonly string[];
  env?: Partial<IngressEnv>;
}

/** Starts the GTM ingress on a free port; it cannot end the process it runs in. */
export function startTestGtm({
  databaseUrl,
  clock,
  leadSecrets = [leadSecret],
  env = {},
}: TestGtmOptions): Promise<RunningService> {
  const defaults = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
    LOG_LEVEL: "fatal",
  });
  return runIngress({
    family: "gtm",
    env: { ...defaults, PORT: 0, ...env },
    providers: [
      bindProvider(resendProvider, [resendSecret, previousSecret]),
      bindProvider(leadsProvider, leadSecrets),
    ],
    clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
}
