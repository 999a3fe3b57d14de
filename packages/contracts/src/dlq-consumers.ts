import { z } from "zod";
import { requiredText, storableText, timestampInput, timestampOutput } from "./text.ts";

/** Waiting deliveries are counted up to here. */
export const waitingCountMax = 10_000;

export const consumerSchema = z
  .object({
    name: z.string(),
    topics: z.array(z.string()),
    state: z.enum(["active", "paused", "removed"]),
    last_seen_at: timestampOutput.meta({ description: "When one of its processes last said that it lives." }),
    waiting: z
      .int()
      .meta({ description: `Deliveries that wait or are being handled; ${waitingCountMax} at most.` }),
    oldest_waiting: timestampOutput.nullable(),
    open_dead_letters: z.int(),
  })
  .meta({ id: "Consumer" });

export const consumerListSchema = z.object({ data: z.array(consumerSchema) });

export const consumerPathParams = z.object({ name: storableText(128) });

/** The body of `POST /admin/consumers/:name/replay`. */
export const replayTopicSchema = z
  .strictObject({
    topic: requiredText(128),
    since: timestampInput.meta({ description: "Events accepted at or after this moment." }),
    until: timestampInput
      .optional()
      .meta({ description: "Events accepted before this moment; default: now." }),
    only_missing: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Only events that the consumer never had a delivery of, because it came later. Otherwise its handler runs again " +
          "for every event of the topic whose delivery is not on its way already.",
      }),
    dry_run: z.boolean().default(false),
    cursor: z.string().min(1).max(512).optional(),
    organization_id: z.string().max(64).optional().meta({ description: "Only with scope `platform:admin`." }),
    reason: requiredText(512).optional(),
  })
  .meta({ id: "ReplayTopic" });

export type ReplayTopicRequest = z.output<typeof replayTopicSchema>;

export const replayedTopicSchema = z
  .object({
    consumer: z.string(),
    topic: z.string(),
    dry_run: z.boolean(),
    queued: z.int().meta({ description: "Deliveries queued now, or, in a dry run, to be queued." }),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: "Not null: repeat the request with this `cursor`." }),
  })
  .meta({ id: "ReplayedTopic" });

/** The body of pausing, resuming and removing a consumer. */
export const changeConsumerSchema = z
  .strictObject({ reason: requiredText(512) })
  .meta({ id: "ChangeConsumer" });
