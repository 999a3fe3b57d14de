import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { problemSchema } from "./problem.ts";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs, routerOptions, withBody, withId } from "./route-options.ts";
import { requiredText, storableText, timestampOutput } from "./text.ts";

const c = initContract();

/** What may have become of a lead. */
export const leadStatuses = ["accepted", "quarantined", "discarded"] as const;

const leadShape = {
  id: publicIdSchema("led"),
  status: z.enum(leadStatuses),
  reason: z.string().nullable().meta({
    description:
      "Why it was held back: `honeypot`, `too_fast`, `no_contact`, `invalid_email`, `disposable_email`.",
  }),
  source: z.string(),
  campaign: z.string().nullable(),
  consent: z
    .object({ given: z.boolean(), text: z.string().nullable(), at: timestampOutput.nullable() })
    .nullable()
    .meta({ description: "Null: the form said nothing of consent." }),
  submissions: z.number().int().meta({ description: "Repeats of the contact within 24 hours included." }),
  first_submitted_at: timestampOutput,
  last_submitted_at: timestampOutput,
  decided_by: z.string().nullable(),
  decided_at: timestampOutput.nullable(),
  created_at: timestampOutput,
};

export const leadSchema = z.object(leadShape).meta({ id: "Lead" });

export type Lead = z.infer<typeof leadSchema>;

/** A lead with what people wrote. */
export const leadDetailSchema = z
  .object({
    ...leadShape,
    email: z.string().nullable(),
    phone: z.string().nullable(),
    name: z.string().nullable(),
    message: z.string().nullable(),
    page_url: z.string().nullable(),
    fields: z.record(z.string(), z.string()).meta({ description: "Everything that was submitted last." }),
  })
  .meta({ id: "LeadDetail" });

export type LeadDetail = z.infer<typeof leadDetailSchema>;

export const listLeadsQuerySchema = z.object({
  status: z.enum(leadStatuses).optional(),
  source: storableText(64).optional(),
  campaign: storableText(255).optional(),
  ...listQueryShape,
});

export const leadsContract = c.router(
  {
    list: {
      method: "GET",
      path: "/v1/leads",
      summary: "List leads, newest first, without personal data",
      metadata: needs("leads:read"),
      query: listLeadsQuerySchema,
      responses: { 200: listOf(leadSchema) },
    },
    get: {
      method: "GET",
      path: "/v1/leads/:id",
      summary: "Read a lead, with what was submitted",
      description: "Every read is audited.",
      metadata: needs("leads:read"),
      pathParams: idPathParams,
      responses: { 200: leadDetailSchema, ...withId },
    },
    release: {
      method: "POST",
      path: "/v1/leads/:id/release",
      summary: "Release a lead that was held back",
      description: "Publishes its `lead.created`. 409 when it is accepted already.",
      metadata: needs("leads:write"),
      pathParams: idPathParams,
      body: z.strictObject({}).optional(),
      responses: { 200: leadSchema, 409: problemSchema, ...withId, ...withBody },
    },
    discard: {
      method: "POST",
      path: "/v1/leads/:id/discard",
      summary: "Discard a lead that was held back",
      description:
        "It stays on record, and repeats of it within 24 hours stay with it. 409 when it is accepted.",
      metadata: needs("leads:write"),
      pathParams: idPathParams,
      body: z.strictObject({ reason: requiredText(512) }),
      responses: { 200: leadSchema, 409: problemSchema, ...withId, ...withBody },
    },
  },
  routerOptions,
);
