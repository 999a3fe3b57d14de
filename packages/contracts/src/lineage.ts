import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { deliveryStatuses, deliveryTriggers } from "./deliveries.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withId } from "./route-options.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** What a lineage may be asked for. */
export const lineageKinds = ["inbound_request", "event", "delivery", "attempt", "dead_letter"] as const;

const lineageDeliverySchema = z.object({
  id: publicIdSchema("dlv"),
  subscription_id: publicIdSchema("sub").nullable(),
  consumer: z.string().nullable(),
  status: z.enum(deliveryStatuses),
  trigger: z.enum(deliveryTriggers),
  replay_of: publicIdSchema("dlv").nullable(),
  created_at: timestampOutput,
  finished_at: timestampOutput.nullable(),
  attempts: z.array(
    z.object({
      id: publicIdSchema("att"),
      n: z.int(),
      outcome: z.string(),
      response_code: z.int().nullable(),
      error: z.string().nullable(),
      next_step: z.string(),
      started_at: timestampOutput,
    }),
  ),
});

/** The whole chain around one thing. */
export const lineageChainSchema = z
  .object({
    asked: z.object({ kind: z.enum(lineageKinds), id: z.string() }),
    inbound_request: z
      .object({
        id: publicIdSchema("inr"),
        provider: z.string().nullable(),
        verdict: z.string(),
        reason: z.string().nullable(),
        received_at: timestampOutput,
        repeat_of: publicIdSchema("inr").nullable().meta({
          description: "The request that came first, when this one was a repeat: the chain is that one's.",
        }),
      })
      .nullable(),
    events: z
      .array(
        z.object({
          id: z.string(),
          type: z.string(),
          subject: z.string().nullable(),
          source_service: z.string(),
          caused_by: z
            .string()
            .nullable()
            .meta({ description: "The event whose handler published this one." }),
          created_at: timestampOutput,
          accepted_at: timestampOutput,
          deliveries: z.array(lineageDeliverySchema),
        }),
      )
      .meta({ description: "Oldest first: what came in, what that caused, what that caused, …" }),
    dead_letters: z.array(
      z.object({
        id: publicIdSchema("dlq"),
        event_id: z.string().nullable(),
        delivery_id: publicIdSchema("dlv").nullable(),
        consumer: z.string().nullable(),
        cause: z.string(),
        error: z.string(),
        status: z.string(),
        created_at: timestampOutput,
      }),
    ),
    truncated: z.boolean().meta({ description: "There is more of something than is shown." }),
  })
  .meta({ id: "LineageChain" });

export const lineageContract = c.router(
  {
    get: {
      method: "GET",
      path: "/v1/lineage/:id",
      summary: "Read the whole chain around one thing",
      description:
        "From an inbound request, event, delivery, attempt or dead letter: inbound request → events → what they " +
        "caused → deliveries → attempts → dead letters. Internal events only with scope `internal:publish`, dead " +
        "letters with that or `dlq:admin`.",
      metadata: needs("events:read"),
      pathParams: idPathParams,
      responses: { 200: lineageChainSchema, ...withId },
    },
  },
  routerOptions,
);
