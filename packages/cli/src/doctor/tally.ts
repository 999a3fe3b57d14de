/** What the ledger and the receiver say of the self-test's events. */
export interface Evidence {
  /** Events that were acknowledged. */
  ids: readonly string[];
  /** State of each event's delivery, by the ledger. */
  states: ReadonlyMap<string, string>;
  /** Events that the receiver answered with 200. */
  taken: ReadonlySet<string>;
}

export interface Tally {
  published: number;
  delivered: number;
  waiting: number;
  failed: number;
  /** In no state, or said to be delivered though the receiver never took it: what must never happen. */
  unaccounted: number;
  /** Taken by the receiver and never acknowledged to us, or of nobody. */
  unknown: number;
}

const over = new Set(["failed", "cancelled"]);

/** Puts every acknowledged event into exactly one of delivered, waiting, failed and unaccounted. */
export function tallyOf({ ids, states, taken }: Evidence): Tally {
  const tally = { published: ids.length, delivered: 0, waiting: 0, failed: 0, unaccounted: 0, unknown: 0 };
  for (const id of ids) {
    const state = states.get(id);
    if (state === undefined || (state === "delivered" && !taken.has(id))) tally.unaccounted++;
    else if (state === "delivered") tally.delivered++;
    else if (over.has(state)) tally.failed++;
    else tally.waiting++;
  }
  const known = new Set(ids);
  tally.unknown = [...taken].filter((id) => !known.has(id)).length;
  return tally;
}
