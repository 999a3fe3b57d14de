import type { Vault } from "@carewire/bus";
import type { Queryable, ReplayCandidate } from "@carewire/db";
import { type Clock, matchesFilter, parseFilter } from "@carewire/envelope";
import { createJudgingTime } from "../filter/judging-time.ts";
import { readPayload } from "../filter/read-payload.ts";
import { readSealedBodies } from "../store/replay-payloads.ts";

/**
 * Takes back the match of candidates that the subscription's JSON condition lets not through. Returns the first of them
 * only, at least one, when the rest would take too long.
 */
export type FilterCandidates = (
  tx: Queryable,
  organizationId: string,
  filter: unknown,
  candidates: readonly ReplayCandidate[],
) => Promise<ReplayCandidate[]>;

/** Evaluates a condition as routing does. Throws, so that the step is tried again, when a payload cannot be opened. */
export function createFilterCandidates({
  vault,
  monotonic,
}: {
  vault: Vault;
  /** Only goes forward; default the process's. */
  monotonic?: Clock;
}): FilterCandidates {
  return async (tx, organizationId, json, candidates) => {
    const parsed = parseFilter(json);
    if (!parsed.ok) throw new Error(`a stored filter is none: ${parsed.errors[0]?.message}`);
    const matched = candidates.filter((candidate) => candidate.matched);
    const bodies = await readSealedBodies(
      tx,
      matched.map(({ eventId }) => eventId),
    );
    const passes = async ({ eventId: id }: ReplayCandidate): Promise<boolean> => {
      const event = { id, organizationId, sealedBody: bodies.get(id) ?? null };
      const payload = await readPayload(vault, event, () => {});
      if (payload.kind === "sealed") throw new Error(`the payload of event ${id} cannot be opened now`);
      return payload.kind === "json" && matchesFilter(parsed.filter, payload.value);
    };
    const verdicts: ReplayCandidate[] = [];
    const time = createJudgingTime(monotonic);
    for (const candidate of candidates) {
      verdicts.push({ ...candidate, matched: candidate.matched && (await passes(candidate)) });
      if (time.isUp()) break;
      if (time.isTurnOver()) await time.giveTurn();
    }
    return verdicts;
  };
}
