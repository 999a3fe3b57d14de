import { initContract } from "@ts-rest/core";
import { z } from "zod";
import { publicIdSchema } from "./public-id.ts";
import { needs } from "./route-options.ts";
import { eventPatternsMax, eventsInputSchema } from "./subscriptions-patterns.ts";
import { pingEventType } from "./subscriptions-probes.ts";
import { timestampOutput } from "./text.ts";

const c = initContract();

/** What MYCURE calls a ping, in requests and in deliveries. */
export const mycurePing = "ping";

const serviceName = /^[a-z][a-z0-9_-]*$/;

/** `ping` stands for nothing but pings, a service's name alone for all its methods. */
function patternOf(name: string): string {
  if (name === mycurePing) return pingEventType;
  return serviceName.test(name) ? `${name}.*` : name;
}

/** How MYCURE would write a pattern of ours; the reverse of what its events become. */
export function mycureEventOf(pattern: string): string {
  if (pattern === pingEventType) return mycurePing;
  const service = pattern.endsWith(".*") ? pattern.slice(0, -2) : "";
  return serviceName.test(service) ? service : pattern;
}

const eventName = z.string().max(128);
const eventsSchema = z
  .union([eventName, z.array(eventName).min(1).max(eventPatternsMax)])
  .transform((events): string | string[] => [events].flat().map(patternOf))
  .pipe(eventsInputSchema)
  .meta({ examples: [mycurePing, ["medical-encounters.created", "medical-encounters"]] });

/** Of the fields of `POST /webhook-events`, those that belong to a ping and those that belong to a new webhook. */
const pingFields = ["webhook", "event"] as const;
const webhookFields = ["organization", "url", "events"] as const;

/** The body of `POST /webhook-events`: a webhook to create, or one to ping. */
export const mycureWebhookEventSchema = z
  .strictObject({
    organization: z.string().max(64).optional().meta({ description: "`org_…`, the key's own." }),
    account: z.string().max(64).optional().meta({ description: "`acc_…`: only this account's events." }),
    active: z.boolean().optional(),
    url: z.string().min(1).max(2_048).optional(),
    events: eventsSchema.optional().meta({
      description: "`<service>.<method>`; `<service>` alone is all its methods, `ping` nothing but pings.",
    }),
    webhook: z.string().max(64).optional().meta({ description: "With `event`: the webhook to ping." }),
    event: z.literal(mycurePing).optional(),
  })
  .superRefine((body, context) => {
    const isPing = pingFields.some((field) => body[field] !== undefined);
    for (const field of isPing ? pingFields : webhookFields) {
      if (body[field] === undefined)
        context.addIssue({ code: "custom", path: [field], message: "is required" });
    }
    for (const field of isPing ? ([...webhookFields, "account", "active"] as const) : []) {
      if (body[field] !== undefined) {
        context.addIssue({ code: "custom", path: [field], message: "does not belong to a ping" });
      }
    }
  })
  .meta({
    id: "MycureWebhookEvent",
    description: "`organization`, `url` and `events` create a webhook; `webhook` and `event` ping one.",
  });

export type MycureWebhookEvent = z.output<typeof mycureWebhookEventSchema>;

const mycureWebhookSchema = z
  .object({
    id: publicIdSchema("sub"),
    organization: publicIdSchema("org"),
    account: publicIdSchema("acc").nullable(),
    active: z.boolean(),
    url: z.string(),
    events: z.array(z.string()),
    secret: z.string().meta({ description: "Signs the deliveries (Standard Webhooks); shown this once." }),
    createdAt: timestampOutput,
  })
  .meta({ id: "MycureWebhook" });

const mycurePingResultSchema = z
  .object({
    id: publicIdSchema("dlv").meta({ description: "The delivery that was made." }),
    webhook: publicIdSchema("sub"),
    event: z.literal(mycurePing),
    delivered: z.boolean().meta({ description: "The endpoint answered 200." }),
    statusCode: z.int().nullable(),
    createdAt: timestampOutput,
  })
  .meta({ id: "MycurePing" });

const mycureErrorSchema = z
  .object({
    name: z.string(),
    message: z.string(),
    code: z.int(),
    className: z.string(),
    errors: z.record(z.string(), z.string()),
  })
  .meta({ id: "MycureError", description: "An error as FeathersJS writes it." });

export type MycureError = z.infer<typeof mycureErrorSchema>;

/** MYCURE's interface for webhooks; the same subscriptions as everywhere else. */
export const mycureContract = c.router(
  {
    webhookEvents: {
      method: "POST",
      path: "/webhook-events",
      summary: "Create a webhook as in MYCURE, or ping one",
      description: "Only 200 counts as delivered; bodies are `{id, event, payload}`, signed.",
      metadata: needs("subscriptions:write"),
      body: mycureWebhookEventSchema,
      responses: {
        201: z.union([mycureWebhookSchema, mycurePingResultSchema]),
        400: mycureErrorSchema,
        401: mycureErrorSchema,
        403: mycureErrorSchema,
        404: mycureErrorSchema,
        429: mycureErrorSchema,
        500: mycureErrorSchema,
        503: mycureErrorSchema,
      },
    },
  },
  { strictStatusCodes: true },
);
