import type { Vault } from "@carewire/bus";
import type { Queryable, Sql } from "@carewire/db";
import { type Clock, matchesFilter, timestampOfId } from "@carewire/envelope";
import { applyVerdicts, type Filtered, type Verdict } from "../store/filter-queue.ts";
import { type Candidate, organizationsWaiting, takeCandidates } from "../store/take-candidates.ts";
import type { CurrentFilter, FilterCache } from "./filter-cache.ts";
import { type FilterTurn, type NextTurn, nextTurn, shareOf } from "./filter-turn.ts";
import { createJudgingTime } from "./judging-time.ts";
import { type ReadPayload, readPayload } from "./read-payload.ts";

export interface FilterBatchDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** Only goes forward; default the process's. */
  monotonic?: Clock;
  filters: FilterCache;
  /** A payload could not be opened; its candidates are looked at again later. */
  onUnreadable(eventId: string, error: unknown): void;
  failpoint(name: string): void;
}

export interface FilterBatch extends Filtered, NextTurn {
  /** How many were judged. */
  candidates: number;
}

const postponedMsMin = 15_000;
const postponedMsMax = 3_600_000;
/** Beyond so many bytes parsed in a row, others get a turn. */
const turnBytes = 256 * 1024;

/**
 * Evaluates the filters that wait, those of one turn and at least one, as far as it gets in time, in one transaction:
 * should this process die, the candidates are there as before. Returns what came of them.
 */
export function filterBatch(deps: FilterBatchDeps, turn: FilterTurn): Promise<FilterBatch> {
  return deps.sql.begin(async (tx) => {
    const organizations = await organizationsWaiting(tx, turn.after, turn.organizationsMax);
    const share = shareOf(turn, organizations.length);
    const candidates = organizations.length === 0 ? [] : await takeCandidates(tx, organizations, share);
    if (candidates.length === 0) {
      const next = nextTurn(turn, { organizations, candidates, judged: 0 });
      return { candidates: 0, ...next, deliveriesByShard: new Map(), lanes: [] };
    }
    const verdicts = await judge(tx, deps, candidates);
    deps.failpoint("dispatch.before_filtered");
    const next = nextTurn(turn, { organizations, candidates, judged: verdicts.length });
    return { candidates: verdicts.length, ...next, ...(await applyVerdicts(tx, verdicts)) };
  }) as Promise<FilterBatch>;
}

/** Verdicts on the first of these candidates: on all, unless it takes too long. */
async function judge(tx: Queryable, deps: FilterBatchDeps, candidates: Candidate[]): Promise<Verdict[]> {
  const versions = new Map<string, number>();
  for (const { subscriptionId, version } of candidates) {
    if (version !== null) versions.set(subscriptionId, version);
  }
  const filters = await deps.filters.find(tx, versions);
  const verdicts: Verdict[] = [];
  let openedId = "";
  let payload: ReadPayload = { kind: "unreadable" };
  let bytes = 0;
  const time = createJudgingTime(deps.monotonic);
  for (const candidate of candidates) {
    const { eventId: id, organizationId, sealedBody } = candidate;
    if (id !== openedId) {
      payload = await readPayload(deps.vault, { id, organizationId, sealedBody }, (error) =>
        deps.onUnreadable(id, error),
      );
      openedId = id;
      bytes += sealedBody?.byteLength ?? 0;
    }
    verdicts.push(verdictOf(candidate, filters.get(candidate.subscriptionId), payload, deps.clock.now()));
    if (time.isUp()) break;
    if (bytes < turnBytes && !time.isTurnOver()) continue;
    bytes = 0;
    await time.giveTurn();
  }
  return verdicts;
}

/** What becomes of one candidate; an unknown subscription is gone. */
function verdictOf(
  candidate: Candidate,
  current: CurrentFilter | undefined,
  payload: ReadPayload,
  nowMs: number,
): Verdict {
  if (!current) return { step: "drop", candidate };
  switch (current.kind) {
    case "every":
      return { step: "deliver", candidate };
    case "unreadable":
      return { step: "postpone", candidate, delayMs: delayOf(candidate, nowMs) };
    case "filter":
      break;
  }
  switch (payload.kind) {
    case "sealed":
      return { step: "postpone", candidate, delayMs: delayOf(candidate, nowMs) };
    case "unreadable":
      return { step: "drop", candidate };
    case "json":
      return { step: matchesFilter(current.filter, payload.value) ? "deliver" : "drop", candidate };
  }
}

/** The longer it has been waiting the later: keys that are gone for good must not cost much for ever. */
function delayOf({ eventId }: Candidate, nowMs: number): number {
  const ageMs = nowMs - timestampOfId(eventId);
  return Math.min(Math.max(ageMs / 2, postponedMsMin), postponedMsMax);
}
