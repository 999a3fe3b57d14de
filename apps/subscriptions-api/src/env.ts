import { batchBytesMax } from "@carewire/contracts";
import { defaultRetryScheduleMs } from "@carewire/delivery";
import {
  databaseUrlSchema,
  egressEnvShape,
  egressProxySchema,
  keyEncryptionKeysSchema,
  originListSchema,
  originSchema,
  readEnv,
  serviceEnvShape,
} from "@carewire/service-kit";
import { z } from "zod";
import { defaultLimits } from "./limits.ts";

const attemptTimeoutMsSchema = z
  .string()
  .regex(/^\d{1,5}$/, "must be milliseconds, 99999 at most")
  .transform(Number)
  .default(15_000);

const retryScheduleMsSchema = z
  .string()
  .regex(/^\d{1,9}(,\d{1,9})*$/, "must be comma-separated milliseconds")
  .transform((text) => text.split(",").map(Number))
  .default([...defaultRetryScheduleMs]);

/** A whole number between two others, which stands in for one that is not given. */
const numberBetween = (min: number, max: number, defaultNumber: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((number) => number >= min && number <= max, `must be a whole number from ${min} to ${max}`)
    .default(defaultNumber);

/** This process's settings, read once at start. */
export const readApiEnv = () =>
  readEnv(
    z.object({
      ...serviceEnvShape(4000),
      ...egressEnvShape,
      /** The dispatchers' way out: URLs are tried through it, too. */
      EGRESS_PROXY_URL: egressProxySchema,
      KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
      /** Bytes of one event; at most what a batch may have. */
      EVENT_BYTES_MAX: numberBetween(1_024, batchBytesMax, defaultLimits.eventBytesMax),
      /** Subscriptions of one organization. */
      SUBSCRIPTIONS_MAX: numberBetween(1, 1_000_000, defaultLimits.subscriptionsMax),
      /** Where the portal is, for the links into it; absent: none are made. */
      PORTAL_URL: originSchema.optional(),
      /** Who may show the portal in a frame; the portal has the same setting. */
      PORTAL_EMBED_ORIGINS: originListSchema,
      /** The dispatchers' setting of this name: a ping waits as long as its attempt may take. */
      ATTEMPT_TIMEOUT_MS: attemptTimeoutMsSchema,
      /** Theirs too: what a stream's reader could not deliver is tried again as what they send is. */
      RETRY_SCHEDULE_MS: retryScheduleMsSchema,
    }),
  );

/** What the rekey command reads. */
export const readRekeyEnv = () =>
  readEnv(z.object({ DATABASE_URL: databaseUrlSchema, KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema }));
