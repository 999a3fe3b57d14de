import { parsePublicId } from "@carewire/envelope";
import type { ResponseClass } from "./response-class.ts";

/** Messages one job sends again at most. */
export const replaysPerJobMax = 1_000_000;

/** What `replay_jobs.filter` holds: what the caller asked for, as it is shown. */
export interface StoredReplayFilter {
  subscription_id?: string[];
  status?: ("delivered" | "failed" | "cancelled")[];
  type?: string[];
  since: string;
  until: string;
  response_class?: ResponseClass;
  account_id?: string;
  only_failed?: boolean;
}

interface Narrowing {
  organizationId: string;
  /** Nothing from this id on is looked at. */
  untilId: string;
  /** Event types or patterns (`order.*`); null: every type. */
  types: string[] | null;
  /** The events' account; null: any. */
  accountId: string | null;
}

/**
 * What a replay sends again: finished deliveries, each event's newest at the endpoint; or events, whether or not they
 * had a delivery there (`unlessOpen`: one that is still on its way is left alone), or only those that never had one
 * (`missing`).
 */
export type ReplaySelection = Narrowing &
  (
    | { walk: "deliveries"; statuses: number[]; responseClass: ResponseClass | null }
    | { walk: "events"; which: "unlessOpen" | "missing" }
  );

/** A job, as far as it says what to look at. */
export interface ReplayScope {
  kind: string;
  organizationId: string;
  untilId: string;
  filter: StoredReplayFilter;
}

const storedStatus = { delivered: 2, failed: 3, cancelled: 4 } as const;
const finished = Object.values(storedStatus);

/** What a job looks at. Throws when its kind is none of `filter`, `recover`, `missing`. */
export function replaySelectionOf({ kind, organizationId, untilId, filter }: ReplayScope): ReplaySelection {
  const accountId = filter.account_id === undefined ? null : parsePublicId("acc", filter.account_id);
  const narrowing = { organizationId, untilId, types: filter.type ?? null, accountId };
  const responseClass = filter.response_class ?? null;
  switch (kind) {
    case "filter": {
      const statuses = filter.status?.map((status) => storedStatus[status]) ?? finished;
      return { ...narrowing, walk: "deliveries", statuses, responseClass };
    }
    case "recover":
      if (filter.only_failed) {
        const statuses = [storedStatus.failed, storedStatus.cancelled];
        return { ...narrowing, walk: "deliveries", statuses, responseClass };
      }
      return { ...narrowing, walk: "events", which: "unlessOpen" };
    case "missing":
      return { ...narrowing, walk: "events", which: "missing" };
    default:
      throw new Error(`replay_jobs.kind "${kind}" is not known`);
  }
}

/** Where a walk through one endpoint's deliveries or events stands. */
export interface ReplayPosition {
  subscriptionId: string;
  /** The subscription's account: it gets that account's events only. */
  accountId: string | null;
  /** The last id looked at. */
  after: string;
}

/** One delivery or event that was looked at. */
export interface ReplayCandidate {
  /** What the position advances to. */
  id: string;
  eventId: string;
  /** The delivery that is repeated; null when the endpoint never had one of this event. */
  replayOf: string | null;
  /** It is to be replayed. */
  matched: boolean;
}
