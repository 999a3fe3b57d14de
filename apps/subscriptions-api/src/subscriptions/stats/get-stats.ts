import { apiContract, statsDeliveriesMax, statsWaitingMax } from "@carewire/contracts";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
import type { endpointState } from "@carewire/db/schema";
import type { Clock } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { noSubscription } from "../no-subscription.ts";
import { findSubscription } from "../subscription-row.ts";
import { readSample, type Sample } from "./read-sample.ts";
import { readWaiting, type Waiting } from "./read-waiting.ts";

type EndpointRow = typeof endpointState.$inferSelect;

const windowMs = 24 * 3_600_000;

const timestamp = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

async function readEndpoint(tx: Queryable, subscriptionId: string): Promise<EndpointRow | undefined> {
  const [row] = await tx<
    EndpointRow[]
  >`select * from endpoint_state where subscription_id = ${subscriptionId}`;
  return row;
}

function presentSample({ total, attempts, p50, p95, ...deliveries }: Sample) {
  const finished = deliveries.delivered + deliveries.failed;
  return {
    sample: {
      deliveries: Math.min(total, statsDeliveriesMax),
      attempts,
      complete: total <= statsDeliveriesMax,
    },
    deliveries,
    success_rate: finished === 0 ? null : deliveries.delivered / finished,
    duration_ms: { p50, p95 },
  };
}

function presentWaiting({ queued, held, draining, looked, oldest_due_at, next_due_at }: Waiting) {
  return {
    queued,
    held,
    draining,
    complete: queued < statsWaitingMax && looked < statsWaitingMax,
    oldest_due_at: timestamp(oldest_due_at),
    next_due_at: timestamp(next_due_at),
  };
}

const breakers = ["closed", "open", "half_open"] as const;

function presentEndpoint(row: EndpointRow | undefined) {
  return {
    in_flight_limit: row?.in_flight_limit ?? null,
    breaker: breakers.find((breaker) => breaker === row?.breaker) ?? "closed",
    breaker_until: timestamp(row?.breaker_until),
    consecutive_failures: row?.consecutive_failures ?? 0,
    failing_since: timestamp(row?.failing_since),
    last_success_at: timestamp(row?.last_success_at),
    last_failure_at: timestamp(row?.last_failure_at),
  };
}

/** `GET /v1/subscriptions/:id/stats` */
export function createGetStats({ sql, clock }: { sql: Sql; clock: Clock }) {
  return initServer().route(apiContract.subscriptions.stats, async ({ params, query, res }) => {
    const principal = principalOf(res);
    const since = query.since === undefined ? new Date(clock.now() - windowMs) : new Date(query.since);
    const stats = await withTenant(sql, principal.organizationId, async (tx) => {
      const subscription = await findSubscription(tx, principal, params.id);
      if (subscription === null) return null;
      return {
        since: since.toISOString(),
        ...presentSample(await readSample(tx, subscription.id, since)),
        waiting: presentWaiting(await readWaiting(tx, subscription)),
        endpoint: presentEndpoint(await readEndpoint(tx, subscription.id)),
      };
    });
    return stats === null ? noSubscription(res) : { status: 200, body: stats };
  });
}
