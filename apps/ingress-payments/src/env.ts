import {
  egressEnvShape,
  egressProxySchema,
  readEnv,
  secretListSchema,
  workerEnvShape,
} from "@carewire/service-kit";
import { ingressEnvShape, organizationIdSchema } from "@carewire/service-kit/ingress";
import { z } from "zod";
import { checkMobileMoney, mobileMoneyEnvShape, originSchema } from "./mobile-money/settings.ts";

const ingressSchema = z
  .object({
    ...ingressEnvShape(4101),
    STRIPE_WEBHOOK_SECRET: secretListSchema,
    /** `live`: test-mode events are recorded without effect. Default: `live` in production, else `any`. */
    STRIPE_MODE: z.enum(["live", "any"]).optional(),
    ...mobileMoneyEnvShape,
    /** Our own: tags in the addresses of mobile money's callbacks are made with it. */
    MOBILE_MONEY_CALLBACK_SECRET: secretListSchema,
    /** How the providers reach this app, e.g. https://hooks.example.com; without it only paths are answered. */
    MOBILE_MONEY_CALLBACK_URL: originSchema.optional(),
  })
  .superRefine(checkMobileMoney);

const workerSchema = z
  .object({
    ...workerEnvShape(4201),
    /** The organization that the credentials of mobile money belong to; only its payments are looked at. */
    CAREWIRE_ORGANIZATION_ID: organizationIdSchema.optional(),
    ...mobileMoneyEnvShape,
    ...egressEnvShape,
    EGRESS_PROXY_URL: egressProxySchema,
  })
  .superRefine(checkMobileMoney);

/** The settings of the ingress role. */
export const readIngressEnv = () => readEnv(ingressSchema);

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(workerSchema);
