import { listSchema, readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4104),
  /** Signing secrets of the Resend webhook (whsec_…). */
  RESEND_WEBHOOK_SECRET: secretListSchema,
  /** Secrets of the form backends: `<secret>`, or `<source>[:<scheme>]=<secret>`; see docs/providers/leads.md. */
  GTM_INBOUND_SECRET: secretListSchema,
});

const workerSchema = z.object({
  ...workerEnvShape(4204),
  /** Fields that people do not see, so that only programs fill them in. */
  GTM_HONEYPOT_FIELDS: listSchema.transform((names) => (names.length > 0 ? names : defaultHoneypots)),
  /** Who fills in a form faster is no person. */
  GTM_FILL_TIME_MIN_MS: z
    .string()
    .regex(/^\d{1,6}$/, "must be milliseconds")
    .transform(Number)
    .default(3_000),
});

const defaultHoneypots = ["_gotcha", "_honeypot", "honeypot", "_hp"];

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(workerSchema);
