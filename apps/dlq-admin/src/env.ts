import { keyEncryptionKeysSchema, readEnv, serviceEnvShape } from "@carewire/service-kit";
import { z } from "zod";

const count = (defaultCount: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "must be a whole number, 1 or more")
    .transform(Number)
    .default(defaultCount);

/** This process's settings, read once at start. */
export const readDlqEnv = () =>
  readEnv(
    z.object({
      ...serviceEnvShape(4020),
      KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
      /** An organization with so many open dead letters is alerted. */
      DLQ_ALERT_DEPTH: count(3),
      /** Also one whose oldest open dead letter is so old. */
      DLQ_ALERT_AGE_SECONDS: count(3_600),
      DLQ_WATCH_SECONDS: count(15),
    }),
  );
