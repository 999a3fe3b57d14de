import { z } from "zod";
import { deliveryStatuses } from "./deliveries.ts";
import { timestampInput, timestampOutput } from "./text.ts";

/** Deliveries that statistics look at, the newest ones. */
export const statsDeliveriesMax = 1_000;
/** Counting what waits stops here. */
export const statsWaitingMax = 10_000;

export const statsQuerySchema = z.object({
  since: timestampInput.optional().meta({ description: "Start of the window; default: 24 hours ago." }),
});

const count = z.int().min(0);
const milliseconds = z.int().min(0).nullable();

export const subscriptionStatsSchema = z
  .object({
    since: timestampOutput,
    sample: z.object({ deliveries: count, attempts: count, complete: z.boolean() }).meta({
      description: `What the numbers below are made of: the newest ${statsDeliveriesMax} deliveries created since then at most, and their attempts. \`complete\`: there were no more.`,
    }),
    deliveries: z.object(
      Object.fromEntries(deliveryStatuses.map((status) => [status, count])) as Record<
        (typeof deliveryStatuses)[number],
        typeof count
      >,
    ),
    success_rate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: "Delivered of delivered and failed; null when there are neither." }),
    duration_ms: z
      .object({ p50: milliseconds, p95: milliseconds })
      .meta({ description: "Of attempts that were answered or timed out." }),
    waiting: z
      .object({
        queued: count,
        held: count,
        draining: z.boolean(),
        complete: z.boolean(),
        oldest_due_at: timestampOutput.nullable(),
        next_due_at: timestampOutput.nullable(),
      })
      .meta({
        description: `What waits now, however old: counted among the newest ${statsWaitingMax} at most. \`draining\`: it was resumed, and what is held goes as fast as the endpoint takes it. \`oldest_due_at\` is overdue, \`next_due_at\` is when more becomes due.`,
      }),
    endpoint: z.object({
      in_flight_limit: z.int().nullable().meta({ description: "Null: not yet measured." }),
      breaker: z.enum(["closed", "open", "half_open"]),
      breaker_until: timestampOutput.nullable(),
      consecutive_failures: count,
      failing_since: timestampOutput.nullable(),
      last_success_at: timestampOutput.nullable(),
      last_failure_at: timestampOutput.nullable(),
    }),
  })
  .meta({ id: "SubscriptionStats" });
