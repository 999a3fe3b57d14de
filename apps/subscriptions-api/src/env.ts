import { keyEncryptionKeysSchema, readEnv, serviceEnvShape } from "@carewire/service-kit";
import { z } from "zod";

/** This process's settings, read once at start. */
export const readApiEnv = () =>
  readEnv(z.object({ ...serviceEnvShape(4000), KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema }));
