import { z } from "zod";
import { lineageChainSchema } from "./lineage.ts";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { requiredText, timestampInput, timestampOutput } from "./text.ts";

/** `retrying`: queued again, for its consumer or its ingress. */
export const deadLetterStatuses = ["open", "retrying", "resolved", "discarded"] as const;

/** Entries that one bulk request takes at most. */
export const bulkDeadLettersMax = 500;
/** Groups in one answer. */
export const deadLetterGroupsMax = 100;
/** Characters of a corrected payload that is given as text. */
export const correctedPayloadLengthMax = 1024 * 1024;

const flag = z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1");

/** Seeing payloads in the clear takes a reason, which is audited. */
export const revealQueryShape = {
  reveal: flag.optional().meta({ description: "Payloads in the clear; takes a `reason`, and is audited." }),
  reason: requiredText(512).optional().meta({ description: "Why; no patient data." }),
};

const name = requiredText(128);

/** What narrows dead letters. */
const filterShape = {
  topic: name.optional(),
  consumer: name.optional(),
  cause: name.optional().meta({
    examples: ["schema", "handler", "malformed", "unreadable", "lookup_failed", "poison", "expired"],
  }),
  since: timestampInput.optional().meta({ description: "Buried at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Buried before this moment." }),
  organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
};

const statusFilter = z
  .enum([...deadLetterStatuses, "all"])
  .default("open")
  .meta({ description: "Default: what needs attention." });

export const listDeadLettersQuerySchema = z.object({
  ...listQueryShape,
  ...filterShape,
  status: statusFilter,
  ...revealQueryShape,
});

const entryShape = {
  id: publicIdSchema("dlq"),
  event_id: z.string().nullable().meta({ description: "Null: no event came of the request." }),
  topic: z.string(),
  original_payload: z.string().meta({
    description:
      "JSON text. Its structure is kept and its values are masked, unless it is revealed. Empty: it was erased, or the letter has been closed for longer than payloads are kept.",
  }),
  error: z.string(),
  created_at: timestampOutput,
  organization_id: publicIdSchema("org"),
  consumer: z.string().nullable().meta({ description: "Null: an ingress could not map the request." }),
  attempts: z.int(),
  retries: z.int().meta({ description: "How often it was sent back by hand." }),
  cause: z.string(),
  status: z.enum(deadLetterStatuses),
  masked: z.boolean(),
  resolved_at: timestampOutput.nullable(),
  resolved_by: z.string().nullable(),
  resolution: z.string().nullable(),
};

export const deadLetterSchema = z.object(entryShape).meta({ id: "DeadLetter" });
export type DeadLetterView = z.infer<typeof deadLetterSchema>;
export const deadLetterListSchema = listOf(deadLetterSchema);

export const deadLetterDetailSchema = z
  .object({
    ...entryShape,
    hint: z.string().meta({ description: "What usually helps." }),
    envelope: z
      .object({
        id: z.string(),
        topic: z.string(),
        timestamp: timestampOutput,
        source_service: z.string(),
        payload: z.unknown().meta({ description: "As in `original_payload`; null when it is no JSON." }),
      })
      .nullable()
      .meta({ description: "What the consumer got; null when no event came of the request, or it expired." }),
    schema_diff: z
      .array(z.object({ path: z.string(), problem: z.string(), code: z.string() }))
      .nullable()
      .meta({ description: "Where the payload differs from its topic's schema; null: there is none." }),
    inbound_request: z
      .object({
        id: publicIdSchema("inr"),
        provider: z.string().nullable(),
        reason: z.string().nullable(),
        headers: z.record(z.string(), z.unknown()),
        received_at: timestampOutput,
      })
      .nullable(),
    attempt_history: z.array(
      z.object({
        id: publicIdSchema("att"),
        delivery_id: publicIdSchema("dlv"),
        n: z.int(),
        outcome: z.string(),
        error: z.string().nullable(),
        next_step: z.string(),
        reason: z.string(),
        duration_ms: z.int().nullable(),
        started_at: timestampOutput,
      }),
    ),
    retry_history: z.array(
      z.object({
        requested_by: z.string(),
        requested_at: timestampOutput,
        corrected_payload: z.string().nullable().meta({ description: "Null: it was tried as it was." }),
        outcome: z.enum(["pending", "resolved", "failed", "cancelled"]),
        error: z.string().nullable(),
        finished_at: timestampOutput.nullable(),
      }),
    ),
    lineage: lineageChainSchema.nullable(),
  })
  .meta({ id: "DeadLetterDetail" });

/** Exactly seed 1's answer. */
export const depthSchema = z
  .object({ depth: z.int(), alert: z.boolean(), oldest_event: timestampOutput.nullable() })
  .meta({ id: "DeadLetterDepth" });

export const depthQuerySchema = z.object({ organization_id: filterShape.organization_id });

export const groupsQuerySchema = z.object({ ...filterShape, status: statusFilter });

export const groupsSchema = z
  .object({
    data: z.array(
      z.object({
        cause: z.string(),
        topic: z.string(),
        consumer: z.string().nullable(),
        error: z.string(),
        count: z.int(),
        oldest: timestampOutput,
        newest: timestampOutput,
        example_id: publicIdSchema("dlq"),
      }),
    ),
    truncated: z
      .boolean()
      .meta({ description: "There are more groups, or entries that were not looked at." }),
  })
  .meta({ id: "DeadLetterGroups" });

/** The body of `POST /admin/dlq/:id/retry`. */
export const retryDeadLetterSchema = z
  .strictObject({
    payload: z
      .union([z.record(z.string(), z.unknown()), z.string().min(2).max(correctedPayloadLengthMax)])
      .optional()
      .meta({
        description:
          "A corrected payload, an object or its JSON text; of a provider's request that was not JSON, text in the format it was sent in. The original is kept too.",
      }),
    reason: requiredText(512).optional().meta({ description: "Kept on the audit chain; no patient data." }),
  })
  .optional()
  .meta({ id: "RetryDeadLetter" });

/** The body of `DELETE /admin/dlq/:id`; the reason may stand in the query instead. */
export const discardDeadLetterSchema = z
  .strictObject({ reason: requiredText(512).optional() })
  .optional()
  .meta({ id: "DiscardDeadLetter" });
export const discardQuerySchema = z.object({ reason: requiredText(512).optional() });

const bulkShape = {
  dry_run: z.boolean().default(false).meta({ description: "Only count." }),
  limit: z.int().min(1).max(bulkDeadLettersMax).default(bulkDeadLettersMax),
  cursor: z.string().min(1).max(512).optional().meta({
    description: "Goes on behind the entries that an earlier request came to, with the same filter.",
  }),
};

export const bulkFilterSchema = z.strictObject(filterShape);
export type DeadLetterFilter = z.output<typeof bulkFilterSchema>;

/** The body of `POST /admin/dlq/retry`. */
export const bulkRetrySchema = z
  .strictObject({ filter: bulkFilterSchema, reason: requiredText(512).optional(), ...bulkShape })
  .meta({ id: "RetryDeadLetters" });

/** The body of `POST /admin/dlq/discard`. */
export const bulkDiscardSchema = z
  .strictObject({
    filter: bulkFilterSchema.refine(
      (filter) => Object.keys(filter).length > 0,
      "must name at least one condition",
    ),
    reason: requiredText(512),
    ...bulkShape,
  })
  .meta({ id: "DiscardDeadLetters" });

export const bulkResultSchema = z
  .object({
    dry_run: z.boolean(),
    matched: z.int().meta({ description: "Open entries that match, from the cursor on; 10,000 at most." }),
    taken: z.int().meta({ description: "Retried or discarded now." }),
    skipped: z.int().meta({ description: "Looked at, but with nobody there to take them." }),
    next_cursor: z.string().nullable().meta({ description: "Null: all of them were looked at." }),
  })
  .meta({ id: "DeadLettersTaken" });
