import type { z } from "zod";

/** What every payload schema is: an object that accepts more fields than it names. */
export type PayloadSchema = z.ZodType<Record<string, unknown>>;

/** An internal topic: `cari.<domain>.<past_tense>`; never leaves the platform. */
export interface TopicEntry<Topic extends string = string, Schema extends PayloadSchema = PayloadSchema> {
  topic: Topic;
  description: string;
  schema: Schema;
  /** A payload that the schema accepts. */
  sample: z.infer<Schema>;
  /** The event type under which subscribers are told, with the same payload. None: it stays inside. */
  publicType?: string;
}

/** A public event type: what subscribers choose and receive. */
export interface EventTypeEntry<Type extends string = string, Schema extends PayloadSchema = PayloadSchema> {
  type: Type;
  /** The heading it is listed under. */
  domain: string;
  description: string;
  schema: Schema;
  /** A payload that the schema accepts; shown in the catalog and sent by test deliveries. */
  example: z.infer<Schema>;
  /** What a thin delivery shows, where that is not the schema's own `id` and `*_id` fields and the type's last word. */
  thin?: { ids?: readonly string[]; action?: string };
}

/** Keeps a topic's literal name and payload type. */
export function defineTopic<Topic extends string, Schema extends PayloadSchema>(
  entry: TopicEntry<Topic, Schema>,
): TopicEntry<Topic, Schema> {
  return entry;
}

/** Keeps an event type's literal name and payload type. */
export function defineEventType<Type extends string, Schema extends PayloadSchema>(
  entry: EventTypeEntry<Type, Schema>,
): EventTypeEntry<Type, Schema> {
  return entry;
}
