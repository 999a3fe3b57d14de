import type { RunningService } from "@carewire/service-kit";
import { bindProvider, ingressEnvShape, runIngress } from "@carewire/service-kit/ingress";
import type { FakeClock } from "@carewire/testkit";
import { z } from "zod";
import type { MobileMoneyProvider } from "../mobile-money/payment.ts";
import { mtnMomoProvider } from "../providers/mtn-momo/provider.ts";
import { orangeMoneyProvider } from "../providers/orange-money/provider.ts";
import { mountPayments } from "../registration/mount-payments.ts";

const callbackSecret = "bench-callback-secret-0123456789";

export interface MobileMoneyIngressOptions {
  databaseUrl: string;
  organizationId: string;
  clock: FakeClock;
  /** The providers that are on. */
  on: readonly MobileMoneyProvider[];
  /** Until a callback that is not stored is answered 503. */
  answerTimeoutMs: number;
}

const envSchema = z.object(ingressEnvShape(0));

/** The settings of the ingress under test. */
export const mobileMoneyIngressEnv = ({
  databaseUrl,
  organizationId,
}: Pick<MobileMoneyIngressOptions, "databaseUrl" | "organizationId">) =>
  envSchema.parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
    LOG_LEVEL: "fatal",
  });

/** Starts the payments ingress on a free port, mobile money only; it cannot end the process it runs in. */
export const startMobileMoneyIngress = (options: MobileMoneyIngressOptions): Promise<RunningService> =>
  runIngress({
    family: "payments",
    env: { ...mobileMoneyIngressEnv(options), PORT: 0 },
    providers: [
      bindProvider({ ...orangeMoneyProvider, answerTimeoutMs: options.answerTimeoutMs }, [callbackSecret]),
      bindProvider({ ...mtnMomoProvider, answerTimeoutMs: options.answerTimeoutMs }, [callbackSecret]),
    ],
    mountRoutes: mountPayments({
      callbackSecrets: [callbackSecret],
      callbackOrigin: "https://hooks.example.com",
      providersOn: new Set(options.on),
    }),
    clock: options.clock,
    // A busy machine makes a test slow, not wrong.
    commitTimeoutMs: 60_000,
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
