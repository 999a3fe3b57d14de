import { createSingleFlight } from "../cache/single-flight.ts";
import type { DataKeyStore } from "./data-key-store.ts";
import type { KeySet } from "./key-set.ts";
import type { KeySetCache } from "./key-set-cache.ts";

/** What {@link createDataKeyCache} needs. */
export interface DataKeyCacheOptions {
  store: DataKeyStore;
  cache: KeySetCache;
  sealsPerKeyMax: number;
}

/** Data keys from memory, or from the database when they are not there; callers that ask together share one read. */
export function createDataKeyCache({ store, cache, sealsPerKeyMax }: DataKeyCacheOptions) {
  const shareLoad = createSingleFlight<KeySet>();
  const shareRead = createSingleFlight<KeySet>();

  async function read(organizationId: string): Promise<KeySet> {
    return cache.remember(organizationId, await store.read(organizationId));
  }

  async function load(organizationId: string): Promise<KeySet> {
    const previous = cache.latest(organizationId);
    const keys = await store.read(organizationId);
    const { sealing, newest } = keys;
    const spent = previous?.version === sealing && previous.seals() >= sealsPerKeyMax;
    if (sealing !== 0 && !spent) return cache.remember(organizationId, keys);
    await store.add(organizationId, newest + 1);
    return read(organizationId);
  }

  return {
    /** Keys to seal with; makes the first one, or the next when this process has used up the latest. */
    async forSealing(organizationId: string): Promise<KeySet> {
      const hit = cache.fresh(organizationId);
      if (hit !== undefined && hit.seals() < sealsPerKeyMax) return hit;
      return shareLoad(organizationId, () => load(organizationId));
    },

    /**
     * Keys to open what `version` sealed, perhaps in another process a moment ago. Never makes one, so that looking
     * at an erased organization leaves it erased.
     */
    async forOpening(organizationId: string, version: number): Promise<KeySet> {
      const hit = cache.fresh(organizationId);
      if (hit?.has(version)) return hit;
      return shareRead(organizationId, () => read(organizationId));
    },
  };
}
