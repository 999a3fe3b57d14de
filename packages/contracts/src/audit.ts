import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { needs, routerOptions } from "./route-options.ts";
import { requiredText, timestampInput, timestampOutput } from "./text.ts";

const c = initContract();

/** Entries that one verification looks at. */
export const verifiedEntriesMax = 50_000;

export const listAuditQuerySchema = z.object({
  ...listQueryShape,
  actor: requiredText(128)
    .optional()
    .meta({ description: "Who did it: `key_…`, or a part of the platform." }),
  action: requiredText(64)
    .optional()
    .meta({ examples: ["subscription.secret_read"] }),
  target: requiredText(320).optional().meta({ description: "What it was done to, by its public id." }),
  since: timestampInput.optional(),
  until: timestampInput.optional(),
});

const entryNumber = z.string().regex(/^\d{1,18}$/);

export const auditEntrySchema = z
  .object({
    id: publicIdSchema("aud"),
    seq: entryNumber.meta({ description: "Number in the organization's chain, without gaps." }),
    actor: z.string(),
    action: z.string(),
    target: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    created_at: timestampOutput,
    hash: z.string().meta({ description: "SHA-256 over the entry before and this one, hexadecimal." }),
  })
  .meta({ id: "AuditEntry" });

export const verifyAuditQuerySchema = z.object({
  after_seq: entryNumber.optional().meta({
    description: "Continues behind this entry: the `head_seq` of an answer that was not complete.",
  }),
});

export const auditVerdictSchema = z
  .object({
    ok: z.boolean(),
    entries: z.int().meta({ description: "Entries that were checked and follow from each other." }),
    head_seq: entryNumber.nullable().meta({ description: "The last entry that was checked." }),
    head_hash: z.string().nullable().meta({
      description:
        "Its hash. Keep it elsewhere: later it shows whether the end of the chain was cut off or rewritten.",
    }),
    complete: z.boolean().meta({ description: "False when there are more entries; see `after_seq`." }),
    fault: z
      .object({ seq: entryNumber, reason: z.enum(["gap", "broken_link", "altered"]) })
      .nullable()
      .meta({ description: "The first entry that does not follow from the one before." }),
  })
  .meta({ id: "AuditVerdict" });

export const auditContract = c.router(
  {
    list: {
      method: "GET",
      path: "/v1/audit",
      summary: "List who did what, newest first",
      description: "For keys of the whole organization.",
      metadata: needs("audit:read"),
      query: listAuditQuerySchema,
      responses: { 200: listOf(auditEntrySchema) },
    },
    verify: {
      method: "GET",
      path: "/v1/audit/verify",
      summary: "Verify the organization's audit chain",
      description: `Looks at ${verifiedEntriesMax} entries at most.`,
      metadata: needs("audit:read"),
      query: verifyAuditQuerySchema,
      responses: { 200: auditVerdictSchema },
    },
  },
  routerOptions,
);
