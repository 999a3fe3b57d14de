import { z } from "zod";
import { deliveryStatuses, deliveryTriggers } from "./deliveries.ts";
import { publicIdSchema } from "./public-id.ts";
import { timestampOutput } from "./text.ts";

/** The query of `GET /v1/tail`. */
export const tailQuerySchema = z.strictObject({
  subscription_id: z.string().max(64).optional(),
  type: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .meta({ description: "Event types, or patterns like order.*, by commas." }),
});

const ofDelivery = {
  subscription_id: publicIdSchema("sub"),
  event_id: z.string(),
  event_type: z.string(),
};

/** One message of `GET /v1/tail`: the name in `event:`, and what `data:` holds as JSON. */
export const tailMessageSchema = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("event"),
    data: z.object({
      id: z.string(),
      type: z.string(),
      created_at: timestampOutput,
      accepted_at: timestampOutput,
    }),
  }),
  z.object({
    event: z.literal("delivery"),
    data: z.object({
      id: publicIdSchema("dlv"),
      ...ofDelivery,
      status: z.enum(deliveryStatuses),
      trigger: z.enum(deliveryTriggers),
      created_at: timestampOutput,
    }),
  }),
  z.object({
    event: z.literal("attempt"),
    data: z.object({
      id: publicIdSchema("att"),
      delivery_id: publicIdSchema("dlv"),
      ...ofDelivery,
      n: z.int(),
      outcome: z.string(),
      response_code: z.int().nullable(),
      duration_ms: z.int().nullable(),
      next_step: z.string(),
      reason: z.string(),
      next_retry_at: timestampOutput.nullable(),
      delivery_status: z.enum(deliveryStatuses),
      started_at: timestampOutput,
      created_at: timestampOutput,
    }),
  }),
]);

export type TailMessage = z.infer<typeof tailMessageSchema>;
