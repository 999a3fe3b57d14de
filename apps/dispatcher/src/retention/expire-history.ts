import { expiryOf, type HistoryTable, type Sql, trimAudit } from "@carewire/db";
import { listExpiredRows } from "./delete-expired.ts";
import { emptyClosedLetters } from "./empty-closed-letters.ts";
import { expirePartitions } from "./expire-partitions.ts";
import { expireStrays } from "./expire-strays.ts";
import { onlyOne } from "./only-one.ts";
import type { Retention } from "./retention-env.ts";

export interface ExpiryDeps {
  sql: Sql;
  retention: Retention;
  /** What failed is tried again the next time; the rest goes on. */
  onError(where: string, error: unknown): void;
}

/** Payloads before the deliveries that may still wait for them. */
const lifetimes = (retention: Retention): [HistoryTable, number | null][] => [
  ["event_payloads", retention.payloadDays],
  ["attempts", retention.attemptDays],
  ["deliveries", retention.eventDays],
  ["events", retention.eventDays],
  ["inbound_requests", retention.inboundDays],
];

/** Removes everything that is older than its lifetime. Any number of processes may call it; one does the work. */
export async function expireHistory({ sql, retention, onError }: ExpiryDeps, now: Date): Promise<void> {
  await onlyOne(sql, async (connection) => {
    const step = async (what: string, work: () => Promise<unknown>) => {
      await work().catch((error) => onError(`expire ${what}`, error));
    };
    for (const [table, days] of lifetimes(retention)) {
      if (days === null) continue;
      await step(table, () => expirePartitions(connection, table, days, now));
      await step(`stray ${table}`, () => expireStrays(connection, table, days, now));
    }
    const { payloadDays, auditDays } = retention;
    if (payloadDays !== null) {
      await step("dead letters", () => emptyClosedLetters(connection, payloadDays, now));
    }
    if (auditDays !== null) await step("audit", () => trimAudit(connection, expiryOf(now, auditDays)));
    for (const { table, remove } of listExpiredRows(connection, retention.eventDays)) {
      await step(table, remove);
    }
  });
}
