import { createBoundedMap } from "../cache/bounded-map.ts";
import { createSingleFlight } from "../cache/single-flight.ts";
import type { DataKeyStore, DataKeys } from "./data-key-store.ts";
import { createKeySet, type KeySet, latestVersion } from "./key-set.ts";

/** What {@link createDataKeyCache} needs. */
export interface DataKeyCacheOptions {
  store: DataKeyStore;
  nextIv: () => Uint8Array;
  monotonicMs: () => number;
  sealsPerKeyMax: number;
}

interface CachedKeySet {
  keySet: KeySet;
  readAtMs: number;
}

const organizationsMax = 10_000;
/** How long a dropped data key may still be used by a process that has it in memory. */
const cacheMs = 60_000;
const missingMs = 1_000;

/** Data keys of the organizations seen lately: 10,000 at most, each for a minute. */
export function createDataKeyCache({ store, nextIv, monotonicMs, sealsPerKeyMax }: DataKeyCacheOptions) {
  const cached = createBoundedMap<string, CachedKeySet>(organizationsMax);
  const shareLoad = createSingleFlight<KeySet>();
  const shareRead = createSingleFlight<KeySet>();

  function remember(organizationId: string, keys: DataKeys): KeySet {
    const previous = cached.get(organizationId)?.keySet;
    const sealsSoFar = previous?.version === latestVersion(keys) ? previous.seals() : 0;
    const readAtMs = monotonicMs();
    const onMissing = () => {
      // Another process may have made the key a moment ago: the next caller looks, once a second at most.
      if (monotonicMs() - readAtMs >= missingMs) expire(organizationId);
    };
    const keySet = createKeySet({ keys, nextIv, sealsSoFar, onMissing });
    cached.set(organizationId, { keySet, readAtMs });
    return keySet;
  }

  function expire(organizationId: string): void {
    const entry = cached.get(organizationId);
    if (entry !== undefined) entry.readAtMs = Number.NEGATIVE_INFINITY;
  }

  function fresh(organizationId: string): KeySet | undefined {
    const hit = cached.get(organizationId);
    return hit !== undefined && monotonicMs() - hit.readAtMs < cacheMs ? hit.keySet : undefined;
  }

  async function read(organizationId: string): Promise<KeySet> {
    return remember(organizationId, await store.read(organizationId));
  }

  async function load(organizationId: string): Promise<KeySet> {
    const previous = cached.get(organizationId)?.keySet;
    const keys = await store.read(organizationId);
    const latest = latestVersion(keys);
    const spent = previous?.version === latest && previous.seals() >= sealsPerKeyMax;
    if (latest !== 0 && !spent) return remember(organizationId, keys);
    await store.add(organizationId, latest + 1);
    return read(organizationId);
  }

  return {
    /** Keys to seal with; makes the first one, or the next when this process has used up the latest. */
    async forSealing(organizationId: string): Promise<KeySet> {
      const hit = fresh(organizationId);
      if (hit !== undefined && hit.seals() < sealsPerKeyMax) return hit;
      return shareLoad(organizationId, () => load(organizationId));
    },

    /**
     * Keys to open what `version` sealed, perhaps in another process a moment ago. Never makes one, so that looking
     * at an erased organization leaves it erased.
     */
    async forOpening(organizationId: string, version: number): Promise<KeySet> {
      const hit = fresh(organizationId);
      if (hit?.has(version)) return hit;
      return shareRead(organizationId, () => read(organizationId));
    },
  };
}
