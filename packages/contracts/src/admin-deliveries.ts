import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { deliveryStatuses, deliveryTriggers, responseClasses } from "./deliveries.ts";
import { revealQueryShape } from "./dlq.ts";
import { listOf, listQueryShape } from "./list.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withId } from "./route-options.ts";
import { requiredText, timestampInput, timestampOutput } from "./text.ts";

const c = initContract();

/** Attempts that a delivery's detail shows, the newest ones. */
export const adminAttemptsMax = 200;

export const listAdminDeliveriesQuerySchema = z.object({
  ...listQueryShape,
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
  subscription_id: z.string().max(64).optional(),
  consumer: requiredText(128).optional(),
  status: z.enum(deliveryStatuses).optional(),
  type: requiredText(128).optional().meta({ description: "Event type, or internal topic." }),
  response_class: z.enum(responseClasses).optional(),
  since: timestampInput.optional().meta({ description: "Created at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Created before this moment." }),
});

const deliveryShape = {
  id: publicIdSchema("dlv"),
  organization_id: publicIdSchema("org"),
  subscription_id: publicIdSchema("sub").nullable(),
  consumer: z.string().nullable().meta({ description: "Null: it goes to a subscription." }),
  destination_name: z.string().nullable().meta({ description: "Null: the subscription was deleted." }),
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(deliveryStatuses),
  response_code: z.int().nullable(),
  attempts: z.int(),
  next_retry_at: timestampOutput.nullable(),
  finished_at: timestampOutput.nullable(),
  created_at: timestampOutput,
  trigger: z.enum(deliveryTriggers),
};

export const adminDeliverySchema = z.object(deliveryShape).meta({ id: "AdminDelivery" });

export const adminAttemptSchema = z
  .object({
    id: publicIdSchema("att"),
    n: z.int(),
    outcome: z.string(),
    response_code: z.int().nullable(),
    duration_ms: z.int().nullable(),
    error: z.string().nullable(),
    request_headers: z.record(z.string(), z.string()).nullable(),
    response_headers: z.record(z.string(), z.string()).nullable(),
    response_body: z.string().nullable().meta({ description: "Masked, unless it is revealed." }),
    next_step: z.string(),
    reason: z.string(),
    next_retry_at: timestampOutput.nullable(),
    started_at: timestampOutput,
  })
  .meta({ id: "AdminAttempt" });

export const adminDeliveryDetailSchema = z
  .object({
    ...deliveryShape,
    payload: z
      .string()
      .nullable()
      .meta({ description: "Masked, unless it is revealed; null when it was erased or has expired." }),
    masked: z.boolean(),
    attempt_history: z.array(adminAttemptSchema).meta({ description: "Oldest first." }),
  })
  .meta({ id: "AdminDeliveryDetail" });

export const adminDeliveriesContract = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/deliveries",
      summary: "List deliveries of every organization, newest first",
      description:
        "A filter that hardly anything passes may give a short page with a `next_cursor`: go on with it.",
      metadata: needs("dlq:read"),
      query: listAdminDeliveriesQuerySchema,
      responses: { 200: listOf(adminDeliverySchema) },
    },
    get: {
      method: "GET",
      path: "/admin/deliveries/:id",
      summary: "Read a delivery with its attempts",
      metadata: needs("dlq:read"),
      pathParams: idPathParams,
      query: z.object(revealQueryShape),
      responses: { 200: adminDeliveryDetailSchema, ...withId },
    },
  },
  routerOptions,
);
