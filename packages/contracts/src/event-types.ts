import { eventTypePattern } from "@carewire/envelope";
import { z } from "zod";
import { listOf, listQueryShape } from "./list.ts";
import { requiredText, timestampOutput } from "./text.ts";

/** Event types of an organization's own. */
export const ownEventTypesMax = 500;
/** Characters of one type's schema, and of its example, as JSON. */
export const eventTypeJsonCharactersMax = 32_768;
/** Characters of all schemas and examples of one organization, as JSON. */
export const ownEventTypesCharactersMax = 4 * 1024 * 1024;

/** Postgres refuses both in jsonb; JSON text shows them as escapes, and a real backslash as two. */
const hasUnstorableText = (json: string): boolean => /\\u(?:0000|d[89a-f])/.test(json.replaceAll("\\\\", ""));

const jsonObject = z
  .record(z.string(), z.unknown())
  .refine((value) => JSON.stringify(value).length <= eventTypeJsonCharactersMax, {
    message: `must not be longer than ${eventTypeJsonCharactersMax} characters`,
  })
  .refine((value) => !hasUnstorableText(JSON.stringify(value)), {
    message: "must not contain NUL characters or lone surrogates",
  });

const changeable = {
  domain: requiredText(64).meta({ description: "The heading it is listed under.", examples: ["Encounters"] }),
  description: requiredText(1_024),
  schema: jsonObject.nullable().meta({
    description:
      "JSON Schema 2020-12 that `data` must satisfy, in the subset of docs/event-types.md; null: anything goes.",
  }),
  example: jsonObject
    .nullable()
    .meta({ description: "A payload that the schema accepts; what a test delivery sends." }),
};

/** The body of `POST /v1/event-types`. */
export const createEventTypeSchema = z
  .strictObject({
    type: z
      .string()
      .max(128)
      .regex(eventTypePattern, "must look like <domain>.<past_tense> or <service>.<method>")
      .meta({ examples: ["medical-encounters.created"] }),
    ...changeable,
    domain: changeable.domain.optional(),
    schema: changeable.schema.default(null),
    example: changeable.example.default(null),
  })
  .meta({ id: "CreateEventType" });

export type CreateEventType = z.output<typeof createEventTypeSchema>;

/** The body of `PATCH /v1/event-types/:type`; what is left out keeps its value. */
export const updateEventTypeSchema = z.strictObject(changeable).partial().meta({ id: "UpdateEventType" });

export type UpdateEventType = z.output<typeof updateEventTypeSchema>;

export const eventTypeSchema = z
  .object({
    type: z.string(),
    source: z.enum(["catalog", "organization"]).meta({ description: "Who defines it." }),
    domain: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).nullable().meta({ description: "JSON Schema 2020-12." }),
    example: z.record(z.string(), z.unknown()).nullable(),
    thin: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "What a delivery in the format `thin` would say of the example." }),
    patterns: z
      .array(z.string())
      .meta({ description: "What a subscription may list to get it, narrowest first." }),
    created_by: z.string().nullable(),
    created_at: timestampOutput.nullable(),
    updated_at: timestampOutput.nullable(),
  })
  .meta({ id: "EventType" });

export type EventTypeView = z.infer<typeof eventTypeSchema>;

/** More than the catalog and an organization's own have together: without a limit, all come at once. */
export const eventTypesLimitMax = 1_000;

export const listEventTypesQuerySchema = z.object({
  ...listQueryShape,
  limit: z.coerce.number().int().min(1).max(eventTypesLimitMax).default(eventTypesLimitMax).meta({
    description: "Items on the page; all when it is not given.",
  }),
});

export const eventTypeListSchema = z
  .object({
    ...listOf(eventTypeSchema).shape,
    groups: z.array(z.object({ pattern: z.string(), types: z.array(z.string()) })).meta({
      description: "Every prefix pattern, and the types it stands for today; of all types on every page.",
    }),
  })
  .meta({ id: "EventTypeList" });

export type EventTypeList = z.infer<typeof eventTypeListSchema>;
