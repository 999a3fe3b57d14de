import type { Sql } from "@carewire/db";
import { createVault } from "../create-vault.ts";
import { cacheMs } from "../key-set-cache.ts";
import type { KeyWrapperOptions } from "../key-wrapper.ts";
import { issueDataKeys } from "./issue-data-keys.ts";
import { resealColumn } from "./reseal.ts";
import type { RekeyCount } from "./rewrap-data-keys.ts";
import { lastingColumns } from "./sealed-columns.ts";

/** What {@link renewDataKeys} needs. */
export interface RenewOptions extends KeyWrapperOptions {
  random: (byteCount: number) => Uint8Array;
  now: Date;
  /** Waits that many milliseconds. */
  delay(ms: number): Promise<void>;
  /** Default: a day. See `IssueOptions`. */
  ageMsMin?: number;
  /** How long a process may keep keys in memory; default: the vault's minute. */
  memoryMs?: number;
}

/** `issued` organizations got a new data key; `changed` values were sealed with it. */
export interface Renewal extends RekeyCount {
  issued: number;
}

const dayMs = 86_400_000;

/** Until the youngest key is in force, and no process seals with an older one any more. */
async function untilSettled(sql: Sql, memoryMs: number, delay: RenewOptions["delay"]): Promise<void> {
  const [row] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from max(active_at) - now()) * 1000)::float8 ms from data_keys`;
  const waitMs = (row?.ms ?? 0) + memoryMs;
  if (waitMs > 0) await delay(waitMs);
}

/**
 * Gives every organization a new data key, waits until every process uses it, and seals secrets and whatever else has
 * no end of life with it. Payloads and answers keep the key they were sealed with until they age out. Everything is
 * readable all the time; interrupted, it goes on where it was when it is run again.
 */
export async function renewDataKeys(sql: Sql, options: RenewOptions): Promise<Renewal> {
  const { memoryMs = cacheMs, ageMsMin = dayMs, keyEncryptionKeys, random } = options;
  const issued = await issueDataKeys(sql, { ...options, ageMsMin, activationMs: 2 * memoryMs });
  await untilSettled(sql, memoryMs, options.delay);
  const vault = createVault({ sql, keyEncryptionKeys, random });
  const renewal = { issued, changed: 0, unreadable: 0 };
  for (const column of lastingColumns) {
    const { changed, unreadable } = await resealColumn(sql, vault, column);
    renewal.changed += changed;
    renewal.unreadable += unreadable;
  }
  return renewal;
}
