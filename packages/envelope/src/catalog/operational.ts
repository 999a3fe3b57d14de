import { z } from "zod";
import { defineEventType, type EventTypeEntry, type PayloadSchema } from "./define.ts";
import { foreignId, moment } from "./fields.ts";

const domain = "Operations";

const reason = z.string().min(1).max(512);

/** The endpoint meant; of its address only the origin, because paths and queries may carry tokens. */
const endpointShape = { subscription_id: foreignId, url_origin: z.string().min(1).max(512) };
const endpoint = {
  subscription_id: "sub_01k9w3hd9ye0vtb0v4ecm0p5q7",
  url_origin: "https://hooks.example.com",
};

const failingShape = {
  failing_since: moment,
  consecutive_failures: z.int().min(1),
};
const organization = "org_01k9w3hd9we0vtb0v4bq5r8s1t";
const failing = { failing_since: "2026-01-02T03:04:05.000Z", consecutive_failures: 12 };

/**
 * What the platform tells an organization about its own deliveries: ordinary events of the organization, but sent
 * only to subscriptions that ask for them by name (`endpoint.*`, `message.attempt.exhausted`), never by `*`.
 */
export const operationalEventTypes = [
  defineEventType({
    type: "endpoint.created",
    domain,
    description: "A subscription was created.",
    schema: z.looseObject(endpointShape),
    example: endpoint,
  }),
  defineEventType({
    type: "endpoint.updated",
    domain,
    description: "A subscription was changed, paused or resumed.",
    schema: z.looseObject({ ...endpointShape, fields: z.array(z.string()).max(64) }),
    example: { ...endpoint, fields: ["url"] },
  }),
  defineEventType({
    type: "endpoint.deleted",
    domain,
    description: "A subscription was deleted.",
    schema: z.looseObject(endpointShape),
    example: endpoint,
  }),
  defineEventType({
    type: "endpoint.failing",
    domain,
    description: "An endpoint has only failed for a while; it is disabled when that goes on.",
    schema: z.looseObject({ ...endpointShape, ...failingShape, disable_after_hours: z.number().positive() }),
    example: { ...endpoint, ...failing, disable_after_hours: 120 },
  }),
  defineEventType({
    type: "endpoint.disabled",
    domain,
    description: "An endpoint was switched off; its deliveries are held until it is resumed.",
    schema: z.looseObject({ ...endpointShape, reason }),
    example: { ...endpoint, reason: "answered 410 Gone: the endpoint asked for no more deliveries" },
  }),
  defineEventType({
    type: "endpoint.recovered",
    domain,
    description: "An endpoint that was reported as failing accepted a delivery again.",
    schema: z.looseObject({ ...endpointShape, failing_since: moment, recovered_at: moment }),
    example: { ...endpoint, failing_since: failing.failing_since, recovered_at: "2026-01-02T05:04:05.000Z" },
  }),
  defineEventType({
    type: "message.attempt.exhausted",
    domain,
    description: "A delivery ended without success; nothing more is tried by itself.",
    schema: z.looseObject({
      subscription_id: foreignId,
      delivery_id: foreignId,
      event_id: foreignId,
      event_type: foreignId,
      attempts: z.int().min(1),
      reason,
    }),
    example: {
      subscription_id: endpoint.subscription_id,
      delivery_id: "dlv_01k9w3hda8e0vtb0v4g0x0c7vn",
      event_id: "evt_01k9w3hd9ze0vtb0v4f4p2m4d2",
      event_type: "order.paid",
      attempts: 8,
      reason: "answered 500; all 7 retries are used up",
    },
  }),
  defineEventType({
    type: "dead_letters.alert_raised",
    domain,
    description: "Too many dead letters are open, or one is open for too long.",
    schema: z.looseObject({ organization_id: foreignId, depth: z.int().min(1), oldest_event: moment }),
    example: { organization_id: organization, depth: 3, oldest_event: "2026-04-17T08:15:00.000Z" },
  }),
  defineEventType({
    type: "dead_letters.alert_cleared",
    domain,
    description: "Few enough dead letters are open again, and none for too long.",
    schema: z.looseObject({ organization_id: foreignId, depth: z.int().min(0), raised_at: moment }),
    example: { organization_id: organization, depth: 0, raised_at: "2026-04-17T09:15:00.000Z" },
  }),
] as const;

/** What the payload of each operational event type must have. */
export type OperationalPayloads = {
  [Entry in (typeof operationalEventTypes)[number] as Entry["type"]]: z.infer<
    z.ZodObject<Entry["schema"]["shape"]>
  >;
};
export type OperationalType = keyof OperationalPayloads;

const entries: readonly EventTypeEntry<string, PayloadSchema>[] = operationalEventTypes;

/** Names of all operational event types. */
export const operationalTypes: readonly string[] = entries.map(({ type }) => type);
const known = new Set(operationalTypes);

/** True for event types that only the platform publishes. */
export const isOperationalType = (type: string): type is OperationalType => known.has(type);
