import type { AppRole } from "../bundles.ts";

/** The endpoint secret that the tests' Stripe signs with. */
export const stripeSecret = "whsec_end_to_end";

/** The key pair that the tests' LiveKit signs with. */
export const livekitKeys = { apiKey: "APIendtoend", apiSecret: "end-to-end-secret-0123456789abcd" };

/** The secret of the tests' Meta app. */
export const whatsappSecret = "end_to_end_app_secret";

/** The secret that the tests' EMR, workforce system, Resend and form backend sign with. */
export const standardSecret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

export interface WorldSettings {
  databaseUrl: string;
  /** Absent: the dispatcher runs on notifications and polling. */
  redisUrl: string | undefined;
  organizationId: string;
}

/** Nothing runs out of time only because the machine is busy; retries come at once. */
const usual: Partial<Record<AppRole, Record<string, string>>> = {
  dispatcher: { LEASE_SECONDS: "6", ATTEMPT_TIMEOUT_MS: "5000", RETRY_SCHEDULE_MS: "100,200,400" },
  "ingress-emr-worker": { EXPIRY_INTERVAL_SECONDS: "1" },
};

/** For a process that will be killed: what it leaves behind is soon somebody else's. */
export const soonOver = { LEASE_SECONDS: "3", ATTEMPT_TIMEOUT_MS: "2000", CONSUMER_LEASE_SECONDS: "3" };

/** The environment of one process; everything it may inherit from the test run is set here. */
export function appSettings(role: AppRole, port: number, world: WorldSettings): Record<string, string> {
  return {
    PORT: String(port),
    CAREWIRE_ENV: "local",
    LOG_LEVEL: "warn",
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: world.redisUrl ?? "",
    CAREWIRE_ORGANIZATION_ID: world.organizationId,
    KEY_ENCRYPTION_KEYS: `e2e:${Buffer.alloc(32, 7).toString("base64")}`,
    STRIPE_WEBHOOK_SECRET: stripeSecret,
    MOBILE_MONEY_CALLBACK_SECRET: "end-to-end-callback-secret",
    LIVEKIT_API_KEY: livekitKeys.apiKey,
    LIVEKIT_API_SECRET: livekitKeys.apiSecret,
    WHATSAPP_APP_SECRET: whatsappSecret,
    WHATSAPP_VERIFY_TOKEN: "end-to-end-verify-token",
    EMR_WEBHOOK_SECRET: standardSecret,
    WORKFORCE_WEBHOOK_SECRET: standardSecret,
    RESEND_WEBHOOK_SECRET: standardSecret,
    GTM_INBOUND_SECRET: standardSecret,
    FAILPOINT: "",
    ...usual[role],
  };
}
