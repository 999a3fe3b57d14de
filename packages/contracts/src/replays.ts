import { z } from "zod";
import { responseClasses } from "./deliveries.ts";
import { listOf, listQueryShape } from "./list.ts";
import { publicIdSchema } from "./public-id.ts";
import { eventsInputSchema } from "./subscriptions-patterns.ts";
import { timestampInput, timestampOutput } from "./text.ts";

/** Days between `since` and `until` of a bulk replay at most; also how far back it looks when `since` is missing. */
export const replayWindowDaysMax = 92;
/** Jobs of one organization that run at the same time. */
export const runningReplaysMax = 10;
/** Subscriptions that a filter names at most. */
export const replaySubscriptionsMax = 100;

/** What can be replayed in bulk: what is finished. The rest is on its way already, or held. */
export const replayableStatuses = ["delivered", "failed", "cancelled"] as const;
/** How exact a job's `total` is. */
export const replayTotalKinds = ["exact", "at_least", "at_most"] as const;
export const replayKinds = ["filter", "recover", "missing"] as const;
export const replayStatuses = ["running", "done", "cancelled", "failed"] as const;

const oneOrMany = <Item extends z.ZodType>(item: Item, itemsMax: number, error: string) =>
  z
    .union([item, z.array(item).min(1).max(itemsMax)], { error })
    .transform((given) => [...new Set([given].flat())]);

const window = {
  since: timestampInput.meta({ description: "Created at or after this moment." }),
  until: timestampInput.optional().meta({ description: "Created before this moment; default: now." }),
};

const sinceOrLongAgo = window.since.optional().meta({
  description: `Created at or after this moment; default: ${replayWindowDaysMax} days before \`until\`.`,
});

const pace = {
  dry_run: z.boolean().default(false).meta({ description: "Only count; nothing is replayed." }),
  rate_per_second: z.int().min(1).max(1_000).optional().meta({
    description: "Messages queued per second at most; default: as fast as the endpoints take them.",
  }),
};

export const replayFilterSchema = z
  .strictObject({
    subscription_id: oneOrMany(
      z.string().max(64),
      replaySubscriptionsMax,
      `must be the id of a subscription, or an array of 1 to ${replaySubscriptionsMax}`,
    ).optional(),
    status: oneOrMany(
      z.enum(replayableStatuses),
      replayableStatuses.length,
      `must be ${replayableStatuses.join(", ")}, or an array of them; the rest is still on its way`,
    )
      .optional()
      .meta({ description: "Default: everything that is finished." }),
    type: eventsInputSchema.optional().meta({ description: "Event types, or patterns such as `order.*`." }),
    since: sinceOrLongAgo,
    until: window.until,
    response_class: z.enum(responseClasses).optional(),
    account_id: z.string().max(64).optional().meta({ description: "Only events of this account." }),
  })
  .meta({
    id: "ReplayFilter",
    description:
      "Which deliveries to replay. Of several to one endpoint for one event, only the newest counts.",
  });

export type ReplayFilter = z.output<typeof replayFilterSchema>;

/** The body of `POST /v1/replays`. */
export const createReplaySchema = z
  .strictObject({ filter: replayFilterSchema, ...pace })
  .meta({ id: "CreateReplay" });

/** The body of `POST /v1/subscriptions/:id/recover`. */
export const recoverSchema = z
  .strictObject({
    ...window,
    only_failed: z.boolean().default(false).meta({
      description: "Only events whose newest delivery here failed or was cancelled.",
    }),
    ...pace,
  })
  .meta({ id: "RecoverSubscription" });

/** The body of `POST /v1/subscriptions/:id/replay-missing`; none at all looks as far back as a replay can. */
export const replayMissingSchema = z
  .strictObject({ since: sinceOrLongAgo, until: window.until, ...pace })
  .meta({ id: "ReplayMissing" })
  .prefault({});

const count = {
  total: z.int().meta({ description: "Messages to send again, as counted when the job was made." }),
  total_is: z.enum(replayTotalKinds).meta({
    description:
      "`at_least`: counting was cut short; `at_most`: the subscription's `filter` is evaluated while the job runs.",
  }),
};

/** What a dry run answers. */
export const replayCountSchema = z
  .object({
    dry_run: z.literal(true),
    ...count,
    subscriptions: z.int(),
    until: timestampOutput.meta({
      description: "What was created before it is counted. Send it along to replay exactly these.",
    }),
  })
  .meta({ id: "ReplayCount" });

export const replaySchema = z
  .object({
    id: publicIdSchema("rpl"),
    kind: z.enum(replayKinds),
    status: z.enum(replayStatuses),
    subscription_id: publicIdSchema("sub").nullable(),
    filter: z.record(z.string(), z.unknown()),
    rate_per_second: z.int().nullable(),
    ...count,
    replayed: z.int().meta({ description: "Messages queued again so far, each a delivery of its own." }),
    paused_subscriptions: z.int().meta({
      description: "Subscriptions the job waits for, because they are paused or disabled.",
    }),
    estimated_finish_at: timestampOutput.nullable(),
    error: z.string().nullable(),
    created_by: z.string(),
    created_at: timestampOutput,
    updated_at: timestampOutput,
    finished_at: timestampOutput.nullable(),
  })
  .meta({ id: "Replay" });

export type Replay = z.infer<typeof replaySchema>;

export const listReplaysQuerySchema = z.object({
  ...listQueryShape,
  status: z.enum(replayStatuses).optional(),
  subscription_id: z.string().max(64).optional(),
});

export const replayListSchema = listOf(replaySchema);
