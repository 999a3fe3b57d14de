import { defaultRetryScheduleMs } from "@carewire/delivery";
import {
  egressEnvShape,
  egressProxySchema,
  keyEncryptionKeysSchema,
  readEnv,
  redisUrlSchema,
  serviceEnvShape,
  shutdownTimeoutMsSchema,
} from "@carewire/service-kit";
import { z } from "zod";
import { checkRetention, retentionEnvShape } from "./retention/retention-env.ts";

const milliseconds = z
  .string()
  .regex(/^\d{1,9}$/, "must be milliseconds")
  .transform(Number);

/** Time to record an outcome before its lease is over. */
const leaseMarginMs = 500;

const settings = z.object({
  ...serviceEnvShape(4010),
  ...egressEnvShape,
  EGRESS_PROXY_URL: egressProxySchema,
  /** Longer than an attempt, so that a stop can wait for the slowest answer. */
  SHUTDOWN_TIMEOUT_MS: shutdownTimeoutMsSchema.unwrap().default(20_000),
  REDIS_URL: redisUrlSchema,
  KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
  ...retentionEnvShape,
  /** Connect, headers and body of one attempt together. */
  ATTEMPT_TIMEOUT_MS: milliseconds.default(15_000),
  /** Must be longer than the attempt timeout by more than a database restart takes. */
  LEASE_SECONDS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, "must be between 1 and 9999 seconds")
    .transform(Number)
    .default(60),
  /** Delays after the first try, comma-separated milliseconds. */
  RETRY_SCHEDULE_MS: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9})*$/, "must be comma-separated milliseconds")
    .transform((text) => text.split(",").map(Number))
    .default([...defaultRetryScheduleMs]),
  /** An endpoint that only failed for so long is switched off. */
  DISABLE_AFTER_HOURS: z
    .string()
    .regex(/^(?=.*[1-9])\d{1,4}(\.\d{1,4})?$/, "must be hours, more than 0")
    .transform(Number)
    .default(120),
});

const schema = settings.refine((env) => env.LEASE_SECONDS * 1_000 >= env.ATTEMPT_TIMEOUT_MS + leaseMarginMs, {
  path: ["LEASE_SECONDS"],
  message: `must outlive an attempt: raise it, or lower ATTEMPT_TIMEOUT_MS, until it is ${leaseMarginMs} ms longer; a shorter lease sends everything slow twice`,
});

/** This process's settings, read once at start. */
export const readDispatcherEnv = () => readEnv(schema.superRefine(checkRetention));
