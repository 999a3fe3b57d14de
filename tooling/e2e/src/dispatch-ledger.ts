import type { Sql } from "postgres";
import { receiptKey } from "./receipts.ts";

/** How the database sees the messages for subscriptions, by the keys of their receipts. */
export interface DispatchLedger {
  /** Attempts begun for each message: what a receiver may have seen of it at most. */
  intents: ReadonlyMap<string, number>;
  /** The messages recorded as delivered. */
  delivered: ReadonlySet<string>;
  /** Messages whose attempt was begun and has no outcome yet. */
  leased: number;
}

/** Reads the ledger of all deliveries to subscriptions. Needs events published with ids of their own. */
export async function readDispatchLedger(sql: Sql): Promise<DispatchLedger> {
  const rows = await sql<
    { url: string; external_id: string; attempts: number; status: number; leased: boolean }[]
  >`
    select s.url, e.external_id, coalesce(q.attempts, d.attempts) attempts, d.status,
      q.lease_token is not null leased
    from deliveries d join events e on e.id = d.event_id join subscriptions s on s.id = d.destination_id
    left join delivery_queue q on q.id = d.id`;
  const keyed = rows.map((row) => ({ ...row, key: receiptKey(new URL(row.url).pathname, row.external_id) }));
  return {
    intents: new Map(keyed.map(({ key, attempts }) => [key, attempts])),
    delivered: new Set(keyed.filter(({ status }) => status === 2).map(({ key }) => key)),
    leased: keyed.filter(({ leased }) => leased).length,
  };
}
