import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { idPathParams, publicIdSchema } from "./public-id.ts";
import { needs } from "./route-options.ts";
import { givenSecretSchema } from "./subscriptions-credentials.ts";
import { eventsInputSchema } from "./subscriptions-patterns.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** Webhooks that one organization may register through Eka's routes, which know no pages. */
export const ekaWebhooksMax = 1_000;

/** Eka renamed the field twice; whoever wrote to an older name still may. */
const eventNameFields = ["event_names", "scopes", "scope"] as const;
const eventNames = {
  event_names: eventsInputSchema.optional().meta({ examples: [["appointment.created"]] }),
  scopes: eventsInputSchema.optional().meta({ deprecated: true, description: "Now `event_names`." }),
  scope: eventsInputSchema.optional().meta({ deprecated: true, description: "Now `event_names`." }),
};

type EventNames = Partial<Record<(typeof eventNameFields)[number], string[] | undefined>>;

/** What a body says about events, under whichever name. */
export const ekaEventNamesOf = (body: EventNames): string[] | undefined =>
  body.event_names ?? body.scopes ?? body.scope;

const namesEventsOnce = (body: EventNames): boolean =>
  eventNameFields.filter((field) => body[field] !== undefined).length <= 1;
const onlyOnce = "event_names, scopes and scope are the same field; give one of them";

/** The body of `POST /notification/v1/connect/webhook/subscriptions`. */
export const ekaRegisterSchema = z
  .strictObject({
    endpoint: z.string().min(1).max(2_048),
    ...eventNames,
    signing_key: givenSecretSchema
      .optional()
      .meta({ description: "Signs deliveries as `Eka-Webhook-Signature`; without one they are unsigned." }),
    protocol: z
      .enum(["http", "https"], "must be http or https; queues and functions are not supported")
      .optional(),
  })
  .refine(namesEventsOnce, { path: ["event_names"], message: onlyOnce })
  .meta({ id: "EkaRegister" });

export type EkaRegister = z.output<typeof ekaRegisterSchema>;

/** The body of `PATCH …/:id`: the key, the events, or both. */
export const ekaUpdateSchema = z
  .strictObject({ ...eventNames, signing_key: givenSecretSchema.optional() })
  .refine(namesEventsOnce, { path: ["event_names"], message: onlyOnce })
  .refine(
    (body) => Object.values(body).some((value) => value !== undefined),
    "give a signing_key or event_names",
  )
  .meta({ id: "EkaUpdate" });

export type EkaUpdate = z.output<typeof ekaUpdateSchema>;

const ekaWebhookSchema = z
  .object({
    id: publicIdSchema("sub"),
    event_names: z.array(z.string()),
    endpoint: z.string(),
    signing_key: z.string().nullable().meta({
      description: "Only with scope `secrets:read`, and audited; null else, and for unsigned ones.",
    }),
    client_id: z.string().meta({ description: "The `client_id` of its deliveries." }),
    protocol: z.string(),
    created_at: timestampOutput,
    updated_at: timestampOutput,
    created_by: z.string(),
    updated_by: z.string().nullable(),
  })
  .meta({ id: "EkaWebhook" });

export type EkaWebhook = z.infer<typeof ekaWebhookSchema>;

const ekaErrorSchema = z
  .object({ error: z.object({ message: z.string(), code: z.string() }) })
  .meta({ id: "EkaError" });

export type EkaError = z.infer<typeof ekaErrorSchema>;

const doneSchema = z.object({ status: z.string(), msg: z.string() });

const path = "/notification/v1/connect/webhook/subscriptions";

const errors = {
  400: ekaErrorSchema,
  401: ekaErrorSchema,
  403: ekaErrorSchema,
  429: ekaErrorSchema,
  500: ekaErrorSchema,
  503: ekaErrorSchema,
};

/** Eka Care's interface for webhooks; the same subscriptions as everywhere else. */
export const ekaContract = c.router(
  {
    register: {
      method: "POST",
      path,
      summary: "Register a webhook as in Eka Care",
      description: "Deliveries are thin: ids and the action. Details are fetched from `/dr/v1/…`.",
      metadata: needs("subscriptions:write"),
      body: ekaRegisterSchema,
      responses: { 201: z.object({ id: publicIdSchema("sub"), status: z.literal("success") }), ...errors },
    },
    list: {
      method: "GET",
      path,
      summary: "List the webhooks registered as in Eka Care",
      metadata: needs("subscriptions:read"),
      responses: { 200: z.object({ data: z.array(ekaWebhookSchema), msg: z.string() }), ...errors },
    },
    update: {
      method: "PATCH",
      path: `${path}/:id`,
      summary: "Change a webhook's signing key or events",
      description: "A new key replaces the old one at once.",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      body: ekaUpdateSchema,
      responses: { 200: doneSchema, 404: ekaErrorSchema, ...errors },
    },
    remove: {
      method: "DELETE",
      path: `${path}/:id`,
      summary: "Delete a webhook",
      metadata: needs("subscriptions:write"),
      pathParams: idPathParams,
      responses: { 200: doneSchema, 404: ekaErrorSchema, ...errors },
    },
  },
  { strictStatusCodes: true },
);
