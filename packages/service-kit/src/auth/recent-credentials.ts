import type { Clock } from "@carewire/envelope";
import { createBoundedMap } from "../cache/bounded-map.ts";
import { createSingleFlight } from "../cache/single-flight.ts";
import type { FoundCredential } from "./found-credential.ts";

interface Remembered {
  found: FoundCredential;
  readAt: number;
}

/** Below a second, so that a revoked key is refused within one. */
const cacheMs = 900;
const rememberedMax = 10_000;

/**
 * Looks credentials up by their hash, with `ask`. Answers are reused for 900 ms, unknown ones are not remembered, and
 * requests that ask for the same one meanwhile share one query, unless that began so long ago.
 */
export function createRecentCredentials(
  clock: Clock,
  ask: (hash: Buffer) => Promise<FoundCredential | null>,
) {
  const remembered = createBoundedMap<string, Remembered>(rememberedMax);
  const share = createSingleFlight<FoundCredential | null>();

  const askNow = async (name: string, hash: Buffer): Promise<FoundCredential | null> => {
    const readAt = clock.now();
    const found = await ask(hash);
    if (found === null) remembered.delete(name);
    else remembered.set(name, { found, readAt });
    return found;
  };

  return {
    forget(hash: Buffer): void {
      remembered.delete(hash.toString("latin1"));
    },
    async find(hash: Buffer): Promise<FoundCredential | null> {
      const name = hash.toString("latin1");
      const nowMs = clock.now();
      const hit = remembered.get(name);
      const age = hit === undefined ? Number.NaN : nowMs - hit.readAt;
      if (hit !== undefined && age >= 0 && age < cacheMs) return hit.found;
      return share(`${name}${Math.floor(nowMs / cacheMs)}`, () => askNow(name, hash));
    },
  };
}
