import type { Vault } from "@carewire/bus";
import type { Queryable, ReplayCandidate } from "@carewire/db";
import { matchesFilter, parseFilter } from "@carewire/envelope";
import { readPayload } from "../filter/read-payload.ts";
import { readSealedBodies } from "../store/replay-payloads.ts";

/** Takes back the match of candidates that the subscription's JSON condition lets not through. */
export type FilterCandidates = (
  tx: Queryable,
  organizationId: string,
  filter: unknown,
  candidates: readonly ReplayCandidate[],
) => Promise<ReplayCandidate[]>;

/** Evaluates a condition as routing does. Throws, so that the step is tried again, when a payload cannot be opened. */
export function createFilterCandidates({ vault }: { vault: Vault }): FilterCandidates {
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
    for (const candidate of candidates) {
      verdicts.push({ ...candidate, matched: candidate.matched && (await passes(candidate)) });
    }
    return verdicts;
  };
}
