import {
  type Queryable,
  type ReplayCandidate,
  readReplayCandidates,
  replaySelectionOf,
  replaysPerJobMax,
  type Sql,
} from "@carewire/db";
import { planBatch } from "../schedule/plan-batch.ts";
import { insertReplays } from "../store/replay-insert.ts";
import {
  advanceReplay,
  failReplay,
  finishOrPostpone,
  hasReplayWork,
  postponeReplay,
  type ReplayEndpointRow,
  type ReplayJobRow,
  takeReplayEndpoint,
  takeReplayJob,
} from "../store/replay-jobs.ts";
import type { FilterCandidates } from "./filter-candidates.ts";

export interface ReplayStepDeps {
  sql: Sql;
  filterCandidates: FilterCandidates;
  failpoint(name: string): void;
}

/** What a step did: nothing was due, some job moved on, or messages were queued for an endpoint of this shard. */
export type ReplayStep =
  | { kind: "idle" }
  | { kind: "moved" }
  | { kind: "replayed"; shard: number; messages: number };

const batchMax = 500;
const deliveriesLookMax = 1_000;
const eventsLookMax = 500;
/** With a condition to evaluate: each payload is decrypted, and may have 256 KiB. */
const filteredLookMax = 100;
/** Replays of one endpoint that are due: more would only lie in the hot table. */
const dueMax = 1_000;
/** Replays of one endpoint that wait at all, retries included: one that fails everything stops its job here. */
const waitingMax = 5_000;
/** Until an endpoint is looked at again that has enough to do, or that takes nothing for now. */
const busyDelayMs = 500;
const blockedDelayMs = 5_000;
const failedDelayMs = 10_000;
/** A rate is kept in slices of this many to the second. */
const slicesPerSecond = 4;

/**
 * Takes one step of one job: queues the next messages of one endpoint and advances the job, in one transaction. So a
 * process that dies at any line leaves neither a gap nor a double, and the next step is anybody's.
 */
export async function stepReplay(deps: ReplayStepDeps): Promise<ReplayStep> {
  const { sql, failpoint } = deps;
  if (!(await hasReplayWork(sql))) return { kind: "idle" };
  let jobId: string | null = null;
  try {
    const step = await sql.begin(async (tx): Promise<ReplayStep> => {
      const job = await takeReplayJob(tx);
      if (job === null) return { kind: "idle" };
      jobId = job.id;
      const result = await stepJob(deps, tx, job);
      if (result.kind === "replayed") failpoint("replay.before_commit");
      return result;
    });
    if (step.kind === "replayed") failpoint("replay.after_commit");
    return step;
  } catch (error) {
    if (jobId !== null) await postponeReplay(sql, jobId, failedDelayMs).catch(() => {});
    throw error;
  }
}

async function stepJob(deps: ReplayStepDeps, tx: Queryable, job: ReplayJobRow): Promise<ReplayStep> {
  if (job.replayed >= replaysPerJobMax) {
    await failReplay(
      tx,
      job.id,
      `Stopped after ${replaysPerJobMax} messages; replay the rest with a later \`since\`.`,
    );
    return { kind: "moved" };
  }
  const endpoint = await takeReplayEndpoint(tx, job.id, waitingMax);
  if (endpoint === null) {
    await finishOrPostpone(tx, job.id);
    return { kind: "moved" };
  }
  return stepEndpoint(deps, tx, job, endpoint);
}

async function stepEndpoint(
  deps: ReplayStepDeps,
  tx: Queryable,
  job: ReplayJobRow,
  endpoint: ReplayEndpointRow,
): Promise<ReplayStep> {
  const { subscription_id: subscriptionId, position, shard } = endpoint;
  const standStill = (isDone: boolean, endpointDelayMs: number): Promise<ReplayStep> =>
    advanceReplay(tx, {
      jobId: job.id,
      subscriptionId,
      position,
      replayed: 0,
      isDone,
      endpointDelayMs,
      jobDelayMs: 0,
    }).then(() => ({ kind: "moved" }));
  if (endpoint.active === null || shard === null) return standStill(true, 0);
  if (!endpoint.active) return standStill(false, blockedDelayMs);
  const takeMax = takeMaxOf(job, endpoint);
  if (takeMax <= 0) {
    const isBlocked = endpoint.broken || endpoint.waiting >= waitingMax;
    return standStill(false, isBlocked ? blockedDelayMs : busyDelayMs);
  }

  const { candidates, lookMax } = await look(deps, tx, job, endpoint);
  const { take, position: reached, isDone } = planBatch(candidates, { position, takeMax, lookMax });
  if (take.length > 0) {
    const target = { jobId: job.id, organizationId: job.organization_id, subscriptionId, shard };
    await insertReplays(tx, target, take);
  }
  await advanceReplay(tx, {
    jobId: job.id,
    subscriptionId,
    position: reached,
    replayed: take.length,
    isDone,
    endpointDelayMs: 0,
    jobDelayMs: job.rate_per_second === null ? 0 : (take.length / job.rate_per_second) * 1_000,
  });
  return take.length === 0 ? { kind: "moved" } : { kind: "replayed", shard, messages: take.length };
}

/** How many messages the endpoint may get now: what its queue, the job's rate and the job's size leave. */
function takeMaxOf(job: ReplayJobRow, { due, waiting }: ReplayEndpointRow): number {
  const rate = job.rate_per_second ?? Number.POSITIVE_INFINITY;
  return Math.min(
    batchMax,
    dueMax - due,
    waitingMax - waiting,
    Math.ceil(rate / slicesPerSecond),
    replaysPerJobMax - job.replayed,
  );
}

async function look(
  { filterCandidates }: ReplayStepDeps,
  tx: Queryable,
  job: ReplayJobRow,
  endpoint: ReplayEndpointRow,
): Promise<{ candidates: ReplayCandidate[]; lookMax: number }> {
  const selection = replaySelectionOf({
    kind: job.kind,
    organizationId: job.organization_id,
    untilId: job.until_id,
    filter: job.filter,
  });
  const isFiltered = selection.walk === "events" && endpoint.filter !== null;
  const lookMax = lookMaxOf(selection.walk, isFiltered);
  const position = {
    subscriptionId: endpoint.subscription_id,
    accountId: endpoint.account_id,
    after: endpoint.position,
  };
  const candidates = await readReplayCandidates(tx, selection, position, { jobId: job.id, lookMax });
  if (!isFiltered) return { candidates, lookMax };
  const judged = await filterCandidates(tx, job.organization_id, endpoint.filter, candidates);
  // Where it stopped early there is more to look at.
  return { candidates: judged, lookMax: judged.length < candidates.length ? judged.length : lookMax };
}

function lookMaxOf(walk: "deliveries" | "events", isFiltered: boolean): number {
  if (isFiltered) return filteredLookMax;
  return walk === "events" ? eventsLookMax : deliveriesLookMax;
}
