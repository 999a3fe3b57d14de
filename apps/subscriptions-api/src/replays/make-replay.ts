import { runningReplaysMax } from "@carewire/contracts";
import {
  appendAudit,
  replaySelectionOf,
  replaysPerJobMax,
  type Sql,
  type StoredReplayFilter,
  withTenant,
} from "@carewire/db";
import { type Clock, firstIdAt, newId, publicId } from "@carewire/envelope";
import type { Principal, WorkLimit } from "@carewire/service-kit";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { claimReplayKey } from "./claim-replay-key.ts";
import { type CountedReplays, countReplays, type ReplayEndpoint } from "./count-replays.ts";
import { type ReplayRow, readReplay } from "./replay-row.ts";

export interface ReplayDeps {
  sql: Sql;
  clock: Clock;
  /** Counting keeps a connection busy for seconds. */
  counting: WorkLimit;
}

/** A replay as a caller wants it, checked. */
export interface WantedReplay {
  kind: "filter" | "recover" | "missing";
  /** Of recover and missing; null: of several. */
  subscriptionId: string | null;
  endpoints: ReplayEndpoint[];
  filter: StoredReplayFilter;
  ratePerSecond: number | null;
  isDryRun: boolean;
  idempotencyKey: string | undefined;
  /** The validated body: what tells a repeated request from another one under the same key. */
  body: object;
}

/** What came of it. `made` also when an earlier request with the same key made it. */
export type MadeReplay =
  | { outcome: "counted"; count: CountedReplays; until: string }
  | { outcome: "made"; row: ReplayRow }
  | { outcome: "key_conflict" | "too_many" | "too_many_running" };

/** Counts what is to be replayed and, unless it is a dry run, makes the job. Dispatchers take it from there. */
export async function makeReplay(
  { sql, clock }: ReplayDeps,
  principal: Principal,
  wanted: WantedReplay,
): Promise<MadeReplay> {
  const { organizationId } = principal;
  const { kind, filter, endpoints } = wanted;
  const untilId = firstIdAt(Date.parse(filter.until));
  const sinceId = firstIdAt(Date.parse(filter.since));
  const claimed = await claim(sql, clock, principal, wanted);
  if (!claimed.ok) return { outcome: "key_conflict" };
  const made = await withTenant(sql, organizationId, (tx) => readReplay(tx, principal, claimed.id));
  if (made !== null) return { outcome: "made", row: made };
  const selection = replaySelectionOf({ kind, organizationId, untilId, filter });
  const count = await countReplays(sql, { organizationId, selection, endpoints, sinceId, nowMs: clock.now });
  if (count.total > replaysPerJobMax) return { outcome: "too_many" };
  if (wanted.isDryRun) return { outcome: "counted", count, until: filter.until };
  return withTenant(sql, organizationId, (tx) =>
    storeReplay(tx, principal, {
      id: claimed.id,
      wanted,
      count,
      untilId,
      sinceId,
      now: new Date(clock.now()),
    }),
  );
}

function claim(sql: Sql, clock: Clock, principal: Principal, wanted: WantedReplay) {
  const { kind, subscriptionId, body } = wanted;
  return claimReplayKey(sql, {
    organizationId: principal.organizationId,
    key: wanted.isDryRun ? undefined : wanted.idempotencyKey,
    content: [kind, subscriptionId, body, principal.accountId],
    newId: newId(clock.now()),
  });
}

interface NewReplay {
  id: string;
  wanted: WantedReplay;
  count: CountedReplays;
  untilId: string;
  sinceId: string;
  now: Date;
}

async function storeReplay(
  tx: postgres.TransactionSql,
  principal: Principal,
  { id, wanted, count, untilId, sinceId, now }: NewReplay,
): Promise<MadeReplay> {
  const { organizationId, accountId } = principal;
  // One at a time per organization, so that their number cannot pass the limit.
  await tx`select pg_advisory_xact_lock(hashtextextended('replays:' || ${organizationId}::text, 0))`;
  const [running] = await tx<{ jobs: number }[]>`
    select count(*)::int jobs from replay_jobs where organization_id = ${organizationId} and status = 'running'`;
  if ((running?.jobs ?? 0) >= runningReplaysMax) return { outcome: "too_many_running" };
  const [made] = await tx`
    insert into replay_jobs (id, organization_id, account_id, kind, subscription_id, filter, until_id, rate_per_second,
      total, total_is, created_by, created_at, updated_at)
    values (${id}, ${organizationId}, ${accountId}, ${wanted.kind}, ${wanted.subscriptionId},
      ${tx.json({ ...wanted.filter })}, ${untilId}, ${wanted.ratePerSecond}, ${count.total}, ${count.totalIs},
      ${actorOf(principal)}, ${now}, ${now})
    on conflict (id) do nothing returning 1`;
  if (made !== undefined) {
    await tx`
      insert into replay_job_endpoints (job_id, subscription_id, organization_id, position)
      select ${id}, subscription_id, ${organizationId}, ${sinceId}
      from unnest(${count.endpoints.map((endpoint) => endpoint.id)}::uuid[]) subscription_id`;
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "replay.created",
      target: publicId("rpl", id),
      detail: auditedParts(wanted, count),
      now,
    });
  }
  const row = await readReplay(tx, principal, id);
  if (row === null) throw new Error("a replay job just made is not there");
  return { outcome: "made", row };
}

function auditedParts({ kind, subscriptionId, filter }: WantedReplay, { total, totalIs }: CountedReplays) {
  return {
    kind,
    subscription: subscriptionId === null ? null : publicId("sub", subscriptionId),
    since: filter.since,
    until: filter.until,
    total,
    total_is: totalIs,
  };
}
