import { eventTypePattern, isPlatformType } from "@carewire/envelope";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { problemItemSchema } from "./problem.ts";
import { publicIdSchema } from "./public-id.ts";
import { requiredText, storableText, timestampInput, timestampOutput } from "./text.ts";

/** Bytes of one published event, as JSON. */
export const eventBytesMax = 256 * 1024;
/** Events in one batch. */
export const batchEventsMax = 500;
/** Bytes of one batch, as JSON. */
export const batchBytesMax = 4 * 1024 * 1024;

const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const eventIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 of A-Z a-z 0-9 _ -");

/** What a resource may be called: `appointment`, `lab_result`. */
export const resourceKindPattern = /^[a-z][a-z0-9_-]{0,63}$/;

const publishedResourceSchema = z
  .strictObject({
    kind: z
      .string()
      .regex(resourceKindPattern, "must be 1 to 64 of a-z 0-9 _ -, a letter first")
      .meta({ examples: ["appointment"] }),
    id: requiredText(255).meta({ examples: ["appt_789"] }),
    version: z.int().min(0).meta({
      description: "Grows with every change; one that is not newer than what is stored is ignored.",
    }),
    body: z
      .unknown()
      .refine((value) => value === null || isObject(value), "must be a JSON object, or null")
      .meta({ description: "Served byte for byte as sent; null: the resource was deleted." }),
  })
  .meta({ description: "The details of what the event is about; stored with it in one commit." });

/** The body of `POST /v1/events`. */
export const publishEventSchema = z
  .strictObject({
    type: z
      .string()
      .max(128)
      .regex(eventTypePattern, "must look like <domain>.<past_tense>")
      .refine((type) => !type.startsWith("cari."), "cari.* names are internal; publish them as envelopes")
      .refine((type) => !isPlatformType(type), "is a name that only the platform publishes under")
      .meta({ description: "Public event type.", examples: ["order.paid"] }),
    data: z.unknown().refine(isObject, "must be a JSON object").meta({
      type: "object",
      description: "Kept and delivered byte for byte as sent. A known type's schema is enforced.",
    }),
    id: eventIdSchema.optional().meta({
      description:
        "Your own id, shown everywhere instead of ours. The same id again is a duplicate, for 30 days.",
    }),
    subject: requiredText(256)
      .optional()
      .meta({ description: "What the event is about; a filter of the list." }),
    account_id: z.string().max(64).optional().meta({ description: "The account the event belongs to." }),
    resource: publishedResourceSchema.optional(),
    created_at: timestampInput.optional().meta({ description: "When it happened; default: now." }),
  })
  .meta({ id: "PublishEvent" });

export type PublishEvent = z.infer<typeof publishEventSchema>;

/** The body of `POST /v1/events/batch`. Items are checked one by one, so that a bad one does not refuse the rest. */
export const publishBatchSchema = z.strictObject({
  events: z
    .array(z.unknown().meta({ $ref: "#/components/schemas/PublishEvent" }))
    .min(1)
    .max(batchEventsMax),
});

export const publishedEventSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    created_at: timestampOutput,
    duplicate: z
      .literal(true)
      .optional()
      .meta({ description: "The event was stored by an earlier request." }),
  })
  .meta({ id: "PublishedEvent" });

export type PublishedEvent = z.infer<typeof publishedEventSchema>;

export const refusedEventSchema = z
  .object({
    error: z.object({ code: z.string(), detail: z.string(), errors: z.array(problemItemSchema).optional() }),
  })
  .meta({ id: "RefusedEvent" });

export type RefusedEvent = z.infer<typeof refusedEventSchema>;

export const publishedBatchSchema = z.object({
  data: z.array(z.union([publishedEventSchema, refusedEventSchema])),
});

export const idempotencyHeaders = {
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters without spaces")
    .optional()
    .meta({ description: "The same key with the same body gets the first answer again, for 30 days." }),
};

export const listEventsQuerySchema = z.object({
  ...listQueryShape,
  type: storableText(128).optional(),
  subject: requiredText(256).optional(),
  since: timestampInput.optional().meta({ description: "Accepted by Carewire at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Accepted by Carewire before this moment." }),
});

const eventShape = {
  id: z.string(),
  type: z.string(),
  subject: z.string().nullable(),
  account_id: publicIdSchema("acc").nullable(),
  source_service: z.string(),
  created_at: timestampOutput.meta({ description: "When it happened, as the publisher said." }),
  accepted_at: timestampOutput.meta({ description: "When Carewire stored it." }),
  payload_bytes: z.int(),
};

export const eventSchema = z.object(eventShape).meta({ id: "Event" });

/** Deliveries, and events caused, that a lineage names at most. */
export const lineageItemsMax = 100;

const lineageSchema = z
  .object({
    inbound_request: z
      .object({
        id: publicIdSchema("inr"),
        provider: z.string().nullable(),
        verdict: z.string(),
        received_at: timestampOutput,
      })
      .nullable(),
    caused_by: z.string().nullable().meta({ description: "The event whose handler published this one." }),
    caused: z.array(z.object({ id: z.string(), type: z.string() })),
    deliveries: z.array(
      z.object({
        id: publicIdSchema("dlv"),
        subscription_id: publicIdSchema("sub").nullable(),
        consumer: z.string().nullable(),
        status: z.string(),
        attempts: z.array(
          z.object({
            id: publicIdSchema("att"),
            n: z.int(),
            outcome: z.string(),
            response_code: z.int().nullable(),
            started_at: timestampOutput,
          }),
        ),
      }),
    ),
  })
  .meta({
    id: "Lineage",
    description: `Where the event came from and what became of it; ${lineageItemsMax} of each at most.`,
  });

export const eventDetailSchema = z
  .object({
    ...eventShape,
    payload: z
      .unknown()
      .optional()
      .meta({ description: "Only with scope `payloads:read`; the read is audited." }),
    payload_erased: z
      .boolean()
      .meta({ description: "True when the payload is not kept any more: erased on request, or by age." }),
    lineage: lineageSchema,
  })
  .meta({ id: "EventDetail" });

export const eventListSchema = listOf(eventSchema);
