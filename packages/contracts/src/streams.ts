import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { storableText, timestampOutput } from "./text.ts";

const c = initContract();

/** Deliveries of one stream on their way at most. */
export const streamInFlightMax = 64;
/** Bytes of a receiver's answer that are kept. */
export const answerBytesMax = 4_096;

/** The query of `GET /v1/subscriptions/:id/stream`. */
export const streamQuerySchema = z.strictObject({
  max_in_flight: z.coerce.number().int().min(1).max(streamInFlightMax).default(16),
});

/** What `data:` holds of a `delivery` message. */
export const streamDeliverySchema = z.object({
  delivery_id: publicIdSchema("dlv"),
  event_id: z.string(),
  event_type: z.string(),
  attempt: z.int(),
  /** Sealed; proves that this delivery is the reader's, until it runs out. */
  lease: z.string(),
  timeout_ms: z.int(),
  /** Name and value, in order, as an endpoint would get them. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** The exact bytes, in base64. */
  body: z.base64(),
});

export type StreamDelivery = z.infer<typeof streamDeliverySchema>;

/** Why there was no answer. */
export const streamFaults = ["timeout", "dns", "connect", "tls", "reset", "protocol"] as const;

const answerSchema = z.strictObject({
  status: z.int().min(100).max(599),
  headers: z
    .record(storableText(256), storableText(8_192))
    .refine((headers) => Object.keys(headers).length <= 100, "must not be more than 100"),
  body: z
    .base64()
    .max(Math.ceil(answerBytesMax / 3) * 4)
    .meta({ description: "Its first 4 KiB, in base64." }),
  truncated: z.boolean().default(false),
});

const outcomeSchema = z
  .strictObject({
    delivery_id: z.string().max(64),
    lease: z.string().max(16_384).meta({ description: "As it came with the delivery." }),
    duration_ms: z.number().min(0).max(600_000),
    answer: answerSchema.optional(),
    fault: z.enum(streamFaults).optional().meta({ description: "In place of `answer`: why there was none." }),
  })
  .refine(({ answer, fault }) => (answer === undefined) !== (fault === undefined), {
    message: "needs either answer or fault",
  });

export const reportOutcomesSchema = z
  .strictObject({ outcomes: z.array(outcomeSchema).max(streamInFlightMax) })
  .meta({ id: "ReportOutcomes" });

export type ReportedOutcome = z.output<typeof outcomeSchema>;

export const settledOutcomesSchema = z
  .object({
    data: z.array(
      z.object({
        delivery_id: publicIdSchema("dlv"),
        in_force: z.boolean().meta({
          description: "false: the lease had run out and the delivery went on without this outcome.",
        }),
        recorded: z.boolean().meta({
          description:
            "false: nobody knows yet what came of this attempt. The delivery comes again; the outcome counts if it is reported under that lease.",
        }),
        status: z.enum(["delivered", "retrying", "failed"]),
        reason: z.string(),
        next_retry_at: timestampOutput.nullable(),
      }),
    ),
  })
  .meta({ id: "SettledOutcomes" });

export const streamsContract = c.router(
  {
    report: {
      method: "POST",
      path: "/v1/subscriptions/:id/stream/outcomes",
      summary: "Report what came of deliveries that were received over a stream",
      description:
        "Each becomes an attempt and is judged by the same rules as one of ours: delivered, failed, or again later.",
      metadata: needs("streams:connect"),
      pathParams: idPathParams,
      body: reportOutcomesSchema,
      responses: { 200: settledOutcomesSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
