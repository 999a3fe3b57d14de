import { egressEnvShape, keyEncryptionKeysSchema, readEnv, serviceEnvShape } from "@carewire/service-kit";
import { z } from "zod";

/** This process's settings, read once at start. */
export const readApiEnv = () =>
  readEnv(
    z.object({ ...serviceEnvShape(4000), ...egressEnvShape, KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema }),
  );
