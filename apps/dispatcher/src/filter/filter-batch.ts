import { setImmediate } from "node:timers/promises";
import type { Vault } from "@carewire/bus";
import type { Queryable, Sql } from "@carewire/db";
import { type Clock, matchesFilter, timestampOfId } from "@carewire/envelope";
import {
  applyVerdicts,
  type Candidate,
  type Filtered,
  takeCandidates,
  type Verdict,
} from "../store/filter-queue.ts";
import type { CurrentFilter, FilterCache } from "./filter-cache.ts";
import { type ReadPayload, readPayload } from "./read-payload.ts";

export interface FilterBatchDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  filters: FilterCache;
  /** A payload could not be opened; its candidates are looked at again later. */
  onUnreadable(eventId: string, error: unknown): void;
  failpoint(name: string): void;
}

const postponedMsMin = 15_000;
const postponedMsMax = 3_600_000;
/** Beyond so many bytes parsed in a row, others get a turn. */
const turnBytes = 256 * 1024;

/**
 * Evaluates the filters that wait, `candidatesMax` at most, in one transaction: should this process die, the candidates
 * are there as before. Returns how many it took, and what came of them.
 */
export function filterBatch(
  deps: FilterBatchDeps,
  candidatesMax: number,
): Promise<Filtered & { candidates: number }> {
  return deps.sql.begin(async (tx) => {
    const candidates = await takeCandidates(tx, candidatesMax);
    if (candidates.length === 0) return { candidates: 0, deliveriesByShard: new Map(), lanes: [] };
    const verdicts = await judge(tx, deps, candidates);
    deps.failpoint("dispatch.before_filtered");
    return { candidates: candidates.length, ...(await applyVerdicts(tx, verdicts)) };
  }) as Promise<Filtered & { candidates: number }>;
}

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
    if (bytes < turnBytes) continue;
    bytes = 0;
    await setImmediate();
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
