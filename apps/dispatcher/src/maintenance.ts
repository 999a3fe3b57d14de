import { createPartitions } from "@carewire/db";
import { type ExpiryDeps, expireHistory } from "./retention/expire-history.ts";

/** Upkeep that any number of dispatchers may ask for at the same time: partitions ahead, what is too old away. */
export async function upkeep(deps: ExpiryDeps, now: Date): Promise<void> {
  await createPartitions(deps.sql, now);
  await expireHistory(deps, now);
}
