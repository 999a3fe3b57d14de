import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { revealQueryShape } from "./dlq.ts";
import { listOf, listQueryShape } from "./list.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, timestampInput, timestampOutput } from "./text.ts";

const c = initContract();

/** What became of a verified request. */
export const inboundVerdicts = ["accepted", "duplicate", "conflict", "malformed"] as const;

export const listInboundQuerySchema = z.object({
  ...listQueryShape,
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
  source_id: z.string().max(64).optional(),
  provider: requiredText(64).optional(),
  verdict: z.enum(inboundVerdicts).optional(),
  since: timestampInput.optional().meta({ description: "Received at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Received before this moment." }),
});

const inboundShape = {
  id: publicIdSchema("inr"),
  organization_id: publicIdSchema("org"),
  source: z
    .object({ id: publicIdSchema("src"), provider: z.string(), name: z.string() })
    .nullable()
    .meta({ description: "Null: the source was removed since." }),
  verdict: z.enum(inboundVerdicts),
  reason: z.string().nullable(),
  body_bytes: z.int(),
  received_at: timestampOutput,
};

export const inboundRequestSchema = z.object(inboundShape).meta({ id: "InboundRequest" });

export const inboundRequestDetailSchema = z
  .object({
    ...inboundShape,
    headers: z.record(z.string(), z.unknown()),
    body: z
      .string()
      .nullable()
      .meta({ description: "Masked, unless it is revealed; null when it is not kept (any more)." }),
    masked: z.boolean(),
    events: z.array(z.object({ id: z.string(), type: z.string(), created_at: timestampOutput })),
    dead_letter_id: publicIdSchema("dlq").nullable(),
    replay: z
      .enum(["republish", "map_again", "none"])
      .meta({ description: "What replaying it does: its events again, its mapping again, or nothing." }),
  })
  .meta({ id: "InboundRequestDetail" });

/** The body of `POST /admin/inbound-requests/:id/replay`. */
export const replayInboundSchema = z
  .strictObject({
    reason: requiredText(512).meta({ description: "Kept on the audit chain; no patient data." }),
  })
  .meta({ id: "ReplayInboundRequest" });

export const replayedInboundSchema = z
  .object({
    id: publicIdSchema("inr"),
    did: z.enum(["republished", "mapped_again"]),
    events: z.int().meta({ description: "Events that are delivered again." }),
    dead_letter_id: publicIdSchema("dlq").nullable(),
  })
  .meta({ id: "ReplayedInboundRequest" });

export const adminInboundContract = c.router(
  {
    list: {
      method: "GET",
      path: "/admin/inbound-requests",
      summary: "List what providers sent, newest first",
      metadata: needs("dlq:read"),
      query: listInboundQuerySchema,
      responses: { 200: listOf(inboundRequestSchema) },
    },
    get: {
      method: "GET",
      path: "/admin/inbound-requests/:id",
      summary: "Read one inbound request and what came of it",
      metadata: needs("dlq:read"),
      pathParams: idPathParams,
      query: z.object(revealQueryShape),
      responses: { 200: inboundRequestDetailSchema, ...withId },
    },
    replay: {
      method: "POST",
      path: "/admin/inbound-requests/:id/replay",
      summary: "Replay one inbound request",
      description:
        "An accepted one: its events are delivered again, to every consumer and subscription that they match now, under " +
        "the ids they have. A malformed one: its ingress maps it again. 409 for duplicates and conflicts, and when " +
        "its events are still on their way to being routed.",
      metadata: needs("dlq:write"),
      pathParams: idPathParams,
      body: replayInboundSchema,
      responses: { 202: replayedInboundSchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
