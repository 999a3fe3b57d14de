import { readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4106),
  /** Standard Webhooks secrets (whsec_…) of the workforce system. */
  WORKFORCE_WEBHOOK_SECRET: secretListSchema,
});

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(z.object(workerEnvShape(4206)));
