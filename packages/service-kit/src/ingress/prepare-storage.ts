import { setTimeout as sleep } from "node:timers/promises";
import { assertDurable, type Sql } from "@carewire/db";
import { isLostInfrastructure } from "../problems/is-lost-infrastructure.ts";
import type { Sources } from "./sources.ts";

const retryMs = 500;

/** A provider's name, and the names of its sources. */
export interface ProviderSources {
  provider: string;
  sources: readonly string[];
}

export interface PrepareStorageOptions {
  sql: Sql;
  sources: Sources;
  providers: readonly ProviderSources[];
  signal: AbortSignal;
}

/**
 * Waits for the database, refuses one that answers before data is safe, and makes sure that every provider's sources
 * exist. A process started during an outage thus answers 503 until the database is there. Rejects on anything that
 * waiting does not cure; resolves with false when `signal` aborts.
 */
export async function prepareStorage({
  sql,
  sources,
  providers,
  signal,
}: PrepareStorageOptions): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await assertDurable(sql);
      await Promise.all(
        providers.flatMap(({ provider, sources: names }) =>
          names.map((name) => sources.idOf(provider, name)),
        ),
      );
      return true;
    } catch (error) {
      if (!isLostInfrastructure(error)) throw error;
      await sleep(retryMs, null, { signal }).catch(() => {});
    }
  }
  return false;
}
