import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { storableText, timestampInput, timestampOutput } from "./text.ts";

/** `retrying` is pending after at least one try; `held` waits for its subscription to become active again. */
export const deliveryStatuses = ["pending", "retrying", "held", "delivered", "failed", "cancelled"] as const;

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/**
 * The class of the last answer; `none` = there was no answer yet. `timeout` and `network`: how the last attempt ended,
 * whatever was answered before.
 */
export const responseClasses = ["1xx", "2xx", "3xx", "4xx", "5xx", "none", "timeout", "network"] as const;

/** Why a delivery exists: its event was routed, someone wanted it again, or someone tested the subscription. */
export const deliveryTriggers = ["event", "replay", "test"] as const;

export type DeliveryTrigger = (typeof deliveryTriggers)[number];

export const listDeliveriesQuerySchema = z.object({
  ...listQueryShape,
  subscription_id: z.string().max(64).optional(),
  status: z.enum(deliveryStatuses).optional(),
  type: storableText(128).optional().meta({ description: "Event type." }),
  since: timestampInput.optional().meta({ description: "Created at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Created before this moment." }),
  response_class: z.enum(responseClasses).optional(),
  event_id: z.string().max(64).optional(),
  trigger: z.enum(deliveryTriggers).optional(),
  replay_id: z.string().max(64).optional().meta({ description: "Made by this replay job." }),
});

const deliveryShape = {
  id: publicIdSchema("dlv"),
  subscription_id: publicIdSchema("sub"),
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(deliveryStatuses),
  response_code: z
    .int()
    .nullable()
    .meta({ description: "HTTP status of the last attempt that was answered." }),
  attempts: z.int().meta({ description: "Tries started so far." }),
  next_retry_at: timestampOutput.nullable(),
  delivered_at: timestampOutput.nullable(),
  created_at: timestampOutput,
  trigger: z.enum(deliveryTriggers),
  replay_of: publicIdSchema("dlv").nullable().meta({ description: "The delivery this one repeats." }),
  replay_id: publicIdSchema("rpl").nullable().meta({ description: "The replay job that made it." }),
};

export const deliverySchema = z.object(deliveryShape).meta({ id: "Delivery" });

export const deliveryDetailSchema = z
  .object({
    ...deliveryShape,
    waiting_for: publicIdSchema("dlv")
      .nullable()
      .meta({ description: "Ordered subscriptions: the delivery of the same subject that goes first." }),
    payload: z
      .unknown()
      .optional()
      .meta({ description: "Only with scope `payloads:read`; the read is audited." }),
    request_body: z.string().nullable().optional().meta({
      description:
        "The body that is sent, byte for byte, in the subscription's format as it is now; with `payload` only.",
    }),
    response_body: z
      .string()
      .nullable()
      .optional()
      .meta({ description: "Body of that answer, its first 4 KiB; only with `payloads:read`, audited." }),
  })
  .meta({ id: "DeliveryDetail" });

/** The body of `POST /v1/deliveries/:id/cancel`: nothing. */
export const cancelDeliverySchema = z.strictObject({}).optional();

/** The body of `POST /v1/deliveries/:id/replay`: nothing. */
export const replayDeliverySchema = z.strictObject({}).optional();

/** A delivery just made by a replay. */
export const replayedDeliverySchema = z
  .object({ ...deliveryShape, replay_of: publicIdSchema("dlv") })
  .meta({ id: "ReplayedDelivery" });

export const attemptSchema = z
  .object({
    id: publicIdSchema("att"),
    n: z.int().meta({ description: "Number of the try, from 1." }),
    outcome: z.string().meta({ description: "What happened, from a closed list; `lost`: nobody knows." }),
    response_code: z.int().nullable(),
    duration_ms: z.int().nullable(),
    error_class: z.string().nullable().meta({ description: "The outcome, unless it was a good answer." }),
    error: z.string().nullable(),
    request_headers: z.record(z.string(), z.unknown()).nullable(),
    response_headers: z.record(z.string(), z.unknown()).nullable(),
    response_body: z
      .string()
      .nullable()
      .optional()
      .meta({ description: "Its first 4 KiB; only with `payloads:read`, audited." }),
    next_step: z.string(),
    reason: z.string(),
    next_retry_at: timestampOutput.nullable(),
    started_at: timestampOutput,
    created_at: timestampOutput,
  })
  .meta({ id: "Attempt" });

export const listAttemptsQuerySchema = z.object(listQueryShape);

export const deliveryListSchema = listOf(deliverySchema);
export const attemptListSchema = listOf(attemptSchema);
