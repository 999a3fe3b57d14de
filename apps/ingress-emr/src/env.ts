import { readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4105),
  /** Standard Webhooks secrets (whsec_…) of the EMR's requests, JSON and HL7v2 alike; ehs_… for `X-EMR-Signature`, JSON only. */
  EMR_WEBHOOK_SECRET: secretListSchema,
  /** `production`: HL7 messages marked as training or debugging are rejected. Default: `production` there, else `any`. */
  HL7_PROCESSING: z.enum(["production", "any"]).optional(),
});

const whole = (max: number, unit: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,5}$/, `must be between 1 and ${max} ${unit}`)
    .transform(Number)
    .refine((value) => value <= max, `must be between 1 and ${max} ${unit}`);

const workerSchema = z.object({
  ...workerEnvShape(4205),
  /** How long a completed video call establishes a customer in a region. */
  ESTABLISHMENT_VALID_DAYS: whole(3_650, "days").default(365),
  /** How often lapsed establishments are looked for. */
  EXPIRY_INTERVAL_SECONDS: whole(86_400, "seconds").default(60),
});

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(workerSchema);
