import { adminSampleMax, dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "../entries/entry-row.ts";
import {
  presentSubscription,
  type SubscriptionRow,
  subscriptionColumns,
  subscriptionJoins,
} from "./subscription-row.ts";

const queuedMax = 10_000;

interface Lately {
  deliveries: number;
  pending: number;
  held: number;
  delivered: number;
  failed: number;
  cancelled: number;
}

interface Queued {
  count: number;
  oldest_due_at: Date | null;
}

async function findSubscription(
  tx: Queryable,
  access: Access,
  given: string,
): Promise<SubscriptionRow | null> {
  const id = parsePublicId("sub", given);
  if (id === null) return null;
  const [row] = await tx<SubscriptionRow[]>`
    select ${subscriptionColumns(tx)} from subscriptions s ${subscriptionJoins(tx)}
    where s.id = ${id}::uuid and ${withinAccess(tx, "s", access)}`;
  return row ?? null;
}

/** Counts of the newest deliveries. */
async function readLately(tx: Queryable, id: string): Promise<Lately> {
  const [row] = await tx<Lately[]>`
    select count(*)::int deliveries, count(*) filter (where status = 0)::int pending,
      count(*) filter (where status = 1)::int held, count(*) filter (where status = 2)::int delivered,
      count(*) filter (where status = 3)::int failed, count(*) filter (where status = 4)::int cancelled
    from (select status from deliveries where destination_id = ${id} order by id desc limit ${adminSampleMax}) d`;
  if (row === undefined) throw new Error("an aggregate returned no row");
  return row;
}

async function readQueued(tx: Queryable, { id, shard }: SubscriptionRow): Promise<Queued> {
  const [row] = await tx<Queued[]>`
    select count(*)::int count, min(due_at) filter (where due_at <= now()) oldest_due_at from (
      select due_at from delivery_queue
      where shard = ${shard} and lane = any('{0,1,2}') and destination_id = ${id} limit ${queuedMax}) q`;
  if (row === undefined) throw new Error("an aggregate returned no row");
  return row;
}

function presentDetail(row: SubscriptionRow, lately: Lately, queued: Queued) {
  const finished = lately.delivered + lately.failed;
  return {
    ...presentSubscription(row),
    description: row.description,
    retry_policy: row.retry_policy,
    max_retries: row.max_retries,
    success_codes: row.success_codes,
    ordering: row.ordering,
    rate_limit_per_second: row.rate_limit_per_second,
    filter: row.filter,
    created_by: row.created_by,
    lately: { ...lately, success_rate: finished === 0 ? null : lately.delivered / finished },
    queued: {
      count: queued.count,
      complete: queued.count < queuedMax,
      oldest_due_at: queued.oldest_due_at?.toISOString() ?? null,
    },
  };
}

/** `GET /admin/subscriptions/:id` */
export function createGetSubscription({ sql }: DlqDeps) {
  return initServer().route(dlqContract.subscriptions.get, async ({ params, res }) => {
    const granted = grantAccess(callerOf(res), undefined);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const detail = await runWithin(sql, access, async (tx) => {
      const row = await findSubscription(tx, access, params.id);
      return row && presentDetail(row, await readLately(tx, row.id), await readQueued(tx, row));
    });
    if (detail === null) {
      return problemResult(res, "not_found", { detail: "There is no such subscription." });
    }
    return { status: 200, body: detail };
  });
}
