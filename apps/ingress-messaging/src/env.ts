import { listSchema, readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4103),
  WHATSAPP_APP_SECRET: secretListSchema,
  WHATSAPP_VERIFY_TOKEN: secretListSchema,
  /** Our phone number ids; what comes to others is recorded without effect. Default: every number of the Meta app. */
  WHATSAPP_PHONE_NUMBER_IDS: listSchema,
});

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(z.object(workerEnvShape(4203)));
