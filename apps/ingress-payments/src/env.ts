import { readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4101),
  STRIPE_WEBHOOK_SECRET: secretListSchema,
  /** `live`: test-mode events are recorded without effect. Default: `live` in production, else `any`. */
  STRIPE_MODE: z.enum(["live", "any"]).optional(),
});

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(z.object(workerEnvShape(4201)));
