import { createBoundedMap } from "../cache/bounded-map.ts";
import type { DataKeys } from "./data-key-store.ts";
import { createKeySet, type KeySet } from "./key-set.ts";

/** What {@link createKeySetCache} needs. */
export interface KeySetCacheOptions {
  nextIv: () => Uint8Array;
  monotonicMs: () => number;
}

/** Key sets of the organizations seen lately. */
export interface KeySetCache {
  /** The organization's keys, unless they were read too long ago. */
  fresh(organizationId: string): KeySet | undefined;
  /** The organization's keys, however old. */
  latest(organizationId: string): KeySet | undefined;
  /** Keeps what was just read. Throws `VaultError` `data_key_missing` when there is no key. */
  remember(organizationId: string, keys: DataKeys): KeySet;
}

interface CachedKeySet {
  keySet: KeySet;
  readAtMs: number;
}

const organizationsMax = 10_000;
/** How long a dropped data key may still be used, and a new one unknown, by a process that has read them before. */
export const cacheMs = 60_000;
const missingMs = 1_000;

/** Keeps the key sets of 10,000 organizations at most, each for a minute. */
export function createKeySetCache({ nextIv, monotonicMs }: KeySetCacheOptions): KeySetCache {
  const cached = createBoundedMap<string, CachedKeySet>(organizationsMax);
  const latest = (organizationId: string): KeySet | undefined => cached.get(organizationId)?.keySet;

  return {
    latest,
    fresh(organizationId) {
      const hit = cached.get(organizationId);
      return hit !== undefined && monotonicMs() - hit.readAtMs < cacheMs ? hit.keySet : undefined;
    },
    remember(organizationId, keys) {
      const previous = latest(organizationId);
      const sealsSoFar = previous?.version === keys.sealing ? previous.seals() : 0;
      const entry = { readAtMs: monotonicMs() };
      const onMissing = (): void => {
        // Another process may have made the key a moment ago: the next caller looks, once a second at most.
        if (monotonicMs() - entry.readAtMs >= missingMs) entry.readAtMs = Number.NEGATIVE_INFINITY;
      };
      const keySet = createKeySet({ keys, nextIv, sealsSoFar, onMissing });
      cached.set(organizationId, Object.assign(entry, { keySet }));
      return keySet;
    },
  };
}
