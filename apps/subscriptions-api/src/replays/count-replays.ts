import {
  countReplayCandidates,
  type ReplayPosition,
  type ReplaySelection,
  replaysPerJobMax,
  type Sql,
  withTenant,
} from "@carewire/db";

/** A subscription that a replay may concern. */
export interface ReplayEndpoint {
  id: string;
  accountId: string | null;
  /** It has a JSON condition. */
  isFiltered: boolean;
}

/** How much there is to replay, and for which of the subscriptions (all of them when counting was cut short). */
export interface CountedReplays {
  total: number;
  totalIs: "exact" | "at_least" | "at_most";
  endpoints: ReplayEndpoint[];
}

export interface CountOptions {
  organizationId: string;
  selection: ReplaySelection;
  endpoints: ReplayEndpoint[];
  /** The walks begin behind this id. */
  sinceId: string;
  nowMs(): number;
}

/** Together they bound what one statement looks at. */
const endpointsAtOnce = 50;
const lookMax = 1_000;
/** A caller waits for the count. */
const countTimeMaxMs = 5_000;

/**
 * Counts what a job would replay by walking as the job would, many endpoints at a time, until everything was looked at,
 * too much was found, or time is up.
 */
export async function countReplays(sql: Sql, options: CountOptions): Promise<CountedReplays> {
  const { organizationId, selection, endpoints, nowMs } = options;
  const matches = new Map<string, number>();
  let open: ReplayPosition[] = endpoints.map(({ id, accountId }) => ({
    subscriptionId: id,
    accountId,
    after: options.sinceId,
  }));
  let total = 0;
  const stopAtMs = nowMs() + countTimeMaxMs;
  while (open.length > 0 && total <= replaysPerJobMax && nowMs() < stopAtMs) {
    const now = open.slice(0, endpointsAtOnce);
    const counts = await withTenant(sql, organizationId, (tx) =>
      countReplayCandidates(tx, selection, now, lookMax),
    );
    const further = counts.filter(({ looked }) => looked === lookMax);
    for (const { subscriptionId, matched } of counts) {
      total += matched;
      matches.set(subscriptionId, (matches.get(subscriptionId) ?? 0) + matched);
    }
    const lastOf = new Map(further.map(({ subscriptionId, last }) => [subscriptionId, last]));
    const advanced = now.flatMap((position) => {
      const after = lastOf.get(position.subscriptionId);
      return after === undefined ? [] : [{ ...position, after }];
    });
    open = [...open.slice(endpointsAtOnce), ...advanced];
  }
  if (open.length > 0) return { total, totalIs: "at_least", endpoints };
  const concerned = endpoints.filter(({ id }) => (matches.get(id) ?? 0) > 0);
  const isUpperBound = selection.walk === "events" && concerned.some(({ isFiltered }) => isFiltered);
  return { total, totalIs: isUpperBound ? "at_most" : "exact", endpoints: concerned };
}
