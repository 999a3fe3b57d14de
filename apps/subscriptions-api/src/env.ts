import {
  databaseUrlSchema,
  egressEnvShape,
  keyEncryptionKeysSchema,
  readEnv,
  serviceEnvShape,
} from "@carewire/service-kit";
import { z } from "zod";

const attemptTimeoutMsSchema = z
  .string()
  .regex(/^\d{1,5}$/, "must be milliseconds, 99999 at most")
  .transform(Number)
  .default(15_000);

/** This process's settings, read once at start. */
export const readApiEnv = () =>
  readEnv(
    z.object({
      ...serviceEnvShape(4000),
      ...egressEnvShape,
      KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
      /** The dispatchers' setting of this name: a ping waits as long as its attempt may take. */
      ATTEMPT_TIMEOUT_MS: attemptTimeoutMsSchema,
    }),
  );

/** What the rekey command reads. */
export const readRekeyEnv = () =>
  readEnv(z.object({ DATABASE_URL: databaseUrlSchema, KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema }));
