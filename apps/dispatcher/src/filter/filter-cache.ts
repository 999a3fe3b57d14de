import type { Queryable } from "@carewire/db";
import { type Filter, parseFilter } from "@carewire/envelope";
import { loadFilters } from "../store/filter-queue.ts";

/** A subscription's filter; `unreadable`: what is stored is not a filter, which is a bug of ours. */
export type CurrentFilter = { kind: "every" } | { kind: "filter"; filter: Filter } | { kind: "unreadable" };

export interface FilterCache {
  /** The filters of these subscriptions, of the versions given or newer, read where they are not known. */
  find(tx: Queryable, versions: ReadonlyMap<string, number>): Promise<Map<string, CurrentFilter>>;
}

/** Remembers parsed filters by the version of their subscription, `filtersMax` at most. */
export function createFilterCache({
  filtersMax,
  onUnreadable,
}: {
  filtersMax: number;
  onUnreadable(subscriptionId: string, error: unknown): void;
}): FilterCache {
  const cache = new Map<string, { version: number; current: CurrentFilter }>();

  function parse(id: string, json: unknown): CurrentFilter {
    if (json === null) return { kind: "every" };
    const parsed = parseFilter(json);
    if (parsed.ok) return { kind: "filter", filter: parsed.filter };
    const [first] = parsed.errors;
    onUnreadable(id, new Error(`its stored filter is none: ${first?.path} ${first?.message}`));
    return { kind: "unreadable" };
  }

  return {
    async find(tx, versions) {
      const missing = [...versions].flatMap(([id, version]) =>
        (cache.get(id)?.version ?? -1) < version ? [id] : [],
      );
      for (const { id, version, filter } of missing.length > 0 ? await loadFilters(tx, missing) : []) {
        cache.delete(id);
        if (cache.size >= filtersMax) {
          const [oldest] = cache.keys();
          if (oldest !== undefined) cache.delete(oldest);
        }
        cache.set(id, { version, current: parse(id, filter) });
      }
      const found = [...versions.keys()].map((id) => [id, cache.get(id)?.current] as const);
      return new Map(found.filter((entry): entry is [string, CurrentFilter] => entry[1] !== undefined));
    },
  };
}
