import { consumerEnvShape, keyEncryptionKeysSchema, readEnv, serviceEnvShape } from "@carewire/service-kit";
import { z } from "zod";

const schema = z.object({
  ...serviceEnvShape(4011),
  ...consumerEnvShape,
  KEY_ENCRYPTION_KEYS: keyEncryptionKeysSchema,
});

/** The settings of this service. */
export const readDoctorsEnv = () => readEnv(schema);
