import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withId } from "./route-options.ts";
import { requiredText, timestampOutput } from "./text.ts";

const c = initContract();

/** Deliveries that a subscription's detail counts, the newest ones. */
export const adminSampleMax = 500;

export const listAdminSubscriptionsQuerySchema = z.object({
  ...listQueryShape,
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
  active: z.enum(["true", "false"]).optional(),
  breaker: z.enum(["closed", "open"]).optional().meta({ description: "`open` includes half open." }),
  q: requiredText(128).optional().meta({ description: "Part of the name or the URL." }),
});

const endpointShape = {
  breaker: z.enum(["closed", "open", "half_open"]),
  breaker_until: timestampOutput.nullable(),
  consecutive_failures: z.int(),
  failing_since: timestampOutput.nullable(),
  last_success_at: timestampOutput.nullable(),
  last_failure_at: timestampOutput.nullable(),
  in_flight_limit: z.int().nullable(),
};

const subscriptionShape = {
  id: publicIdSchema("sub"),
  organization_id: publicIdSchema("org"),
  organization_name: z.string(),
  account_id: publicIdSchema("acc").nullable(),
  name: z.string(),
  url: z.string().meta({ description: "Without its query, which may hold a secret." }),
  events: z.array(z.string()),
  active: z.boolean(),
  disabled_reason: z.string().nullable(),
  payload_format: z.string(),
  signature_scheme: z.string(),
  created_at: timestampOutput,
  updated_at: timestampOutput,
  ...endpointShape,
};

export const adminSubscriptionSchema = z.object(subscriptionShape).meta({ id: "AdminSubscription" });

const count = z.int().min(0);

export const adminSubscriptionDetailSchema = z
  .object({
    ...subscriptionShape,
    description: z.string().nullable(),
    retry_policy: z.string(),
    max_retries: z.int(),
    success_codes: z.string(),
    ordering: z.string(),
    rate_limit_per_second: z.int().nullable(),
    filter: z.record(z.string(), z.unknown()).nullable(),
    created_by: z.string(),
    lately: z
      .object({
        deliveries: count,
        pending: count,
        held: count,
        delivered: count,
        failed: count,
        cancelled: count,
        success_rate: z.number().nullable(),
      })
      .meta({ description: `The newest ${adminSampleMax} deliveries.` }),
    queued: z.object({ count, complete: z.boolean(), oldest_due_at: timestampOutput.nullable() }),
  })
  .meta({ id: "AdminSubscriptionDetail" });

export const adminSubscriptionsContract = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/subscriptions",
      summary: "List subscriptions of every organization, newest first",
      metadata: needs("dlq:read"),
      query: listAdminSubscriptionsQuerySchema,
      responses: { 200: listOf(adminSubscriptionSchema) },
    },
    get: {
      method: "GET",
      path: "/admin/subscriptions/:id",
      summary: "Read a subscription and how its endpoint is doing",
      metadata: needs("dlq:read"),
      pathParams: idPathParams,
      responses: { 200: adminSubscriptionDetailSchema, ...withId },
    },
  },
  routerOptions,
);
