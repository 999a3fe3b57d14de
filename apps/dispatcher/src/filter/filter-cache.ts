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

  function remember(id: string, version: number, current: CurrentFilter): void {
    cache.delete(id);
    if (cache.size >= filtersMax) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    cache.set(id, { version, current });
  }

  return {
    async find(tx, versions) {
      // Apart from the cache, which may forget them again while the others are read.
      const found = new Map<string, CurrentFilter>();
      const missing: string[] = [];
      for (const [id, version] of versions) {
        const known = cache.get(id);
        if (known && known.version >= version) found.set(id, known.current);
        else missing.push(id);
      }
      for (const { id, version, filter } of missing.length > 0 ? await loadFilters(tx, missing) : []) {
        const current = parse(id, filter);
        remember(id, version, current);
        found.set(id, current);
      }
      return found;
    },
  };
}
