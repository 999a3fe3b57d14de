import { type Replay, replayKinds, replayStatuses, replayTotalKinds } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { replayJobs } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import { estimateFinishMs } from "./estimate-finish.ts";

/** A job, and how many of its subscriptions it waits for. */
export type ReplayRow = typeof replayJobs.$inferSelect & { paused: number };

/** The columns of {@link ReplayRow}, of `replay_jobs j`. */
export function replayColumns(sql: Queryable) {
  return sql`j.*, (select count(*)::int from replay_job_endpoints p join subscriptions s on s.id = p.subscription_id
    where j.status = 'running' and p.job_id = j.id and not p.done and not s.active) paused`;
}

/** The condition on `replay_jobs j` that keeps a caller to its organization and its account. */
export function visibleReplays(sql: Queryable, principal: Principal) {
  const ofAccount = principal.accountId === null ? sql`` : sql`and j.account_id = ${principal.accountId}`;
  return sql`j.organization_id = ${principal.organizationId} ${ofAccount}`;
}

/** The caller's job with this row id, or null. */
export async function readReplay(
  sql: Queryable,
  principal: Principal,
  id: string,
): Promise<ReplayRow | null> {
  const [row] = await sql<ReplayRow[]>`
    select ${replayColumns(sql)} from replay_jobs j where j.id = ${id} and ${visibleReplays(sql, principal)}`;
  return row ?? null;
}

/** The caller's job with this public id, or null. */
export async function findReplay(
  sql: Queryable,
  principal: Principal,
  given: string,
): Promise<ReplayRow | null> {
  const id = parsePublicId("rpl", given);
  return id === null ? null : readReplay(sql, principal, id);
}

function oneOf<Name extends string>(names: readonly Name[], stored: string): Name {
  const name = names.find((known) => known === stored);
  if (name === undefined)
    throw new Error(`replay_jobs holds "${stored}", which is none of ${names.join(", ")}`);
  return name;
}

function estimatedFinish(row: ReplayRow, nowMs: number): string | null {
  if (row.status !== "running" || row.paused > 0) return null;
  const finishMs = estimateFinishMs(
    {
      total: row.total,
      replayed: row.replayed,
      ratePerSecond: row.rate_per_second,
      createdAtMs: row.created_at.getTime(),
      updatedAtMs: row.updated_at.getTime(),
    },
    nowMs,
  );
  return finishMs === null ? null : new Date(finishMs).toISOString();
}

/** A job as it is shown. */
export function presentReplay(row: ReplayRow, nowMs: number): Replay {
  return {
    id: publicId("rpl", row.id),
    kind: oneOf(replayKinds, row.kind),
    status: oneOf(replayStatuses, row.status),
    subscription_id: row.subscription_id === null ? null : publicId("sub", row.subscription_id),
    filter: { ...row.filter },
    rate_per_second: row.rate_per_second,
    total: row.total,
    total_is: oneOf(replayTotalKinds, row.total_is),
    replayed: row.replayed,
    paused_subscriptions: row.paused,
    estimated_finish_at: estimatedFinish(row, nowMs),
    error: row.error,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}
