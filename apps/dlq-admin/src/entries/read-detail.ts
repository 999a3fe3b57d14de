import { type LineageRows, readLineage } from "@carewire/db";
import type { attempts, deadLetterRetries, events } from "@carewire/db/schema";
import type postgres from "postgres";
import type { Access } from "../access/access.ts";
import { type EntryRow, findEntry } from "./entry-row.ts";

const attemptsMax = 200;
const retriesMax = 100;

export type AttemptRow = typeof attempts.$inferSelect;
export type RetryRow = typeof deadLetterRetries.$inferSelect;
export type EventRow = typeof events.$inferSelect;
export interface RequestRow {
  id: string;
  provider: string | null;
  reason: string | null;
  headers: string;
  received_at: Date;
}

/** Everything that is stored about one dead letter. */
export interface EntryDetail {
  entry: EntryRow;
  event: EventRow | null;
  request: RequestRow | null;
  attempts: AttemptRow[];
  retries: RetryRow[];
  lineage: LineageRows | null;
}

/** Reads one dead letter with all that is needed to fix it; null when there is none. */
export async function readDetail(
  tx: postgres.TransactionSql,
  access: Access,
  given: string,
): Promise<EntryDetail | null> {
  const entry = await findEntry(tx, access, given);
  if (entry === null) return null;
  const [event] = await tx<EventRow[]>`select * from events where id = ${entry.event_id}`;
  const requestId = event?.inbound_request_id ?? entry.inbound_request_id;
  const [request] = await tx<RequestRow[]>`
    select r.id, s.provider, r.reason, r.headers, r.received_at
    from inbound_requests r left join sources s on s.id = r.source_id where r.id = ${requestId}`;
  const retries = await tx<RetryRow[]>`
    select * from dead_letter_retries where dead_letter_id = ${entry.id} order by id desc limit ${retriesMax}`;
  // A retry's delivery has the retry's id.
  const deliveryIds = [entry.delivery_id, ...retries.map(({ id }) => id)].filter((id) => id !== null);
  const tries = await tx<AttemptRow[]>`
    select * from attempts where delivery_id = any(${deliveryIds}::uuid[]) order by id desc limit ${attemptsMax}`;
  const asked = { kind: "dead_letter", id: entry.id } as const;
  const lineage = await readLineage(tx, asked, entry.organization_id);
  return {
    entry,
    event: event ?? null,
    request: request ?? null,
    attempts: tries.reverse(),
    retries: retries.reverse(),
    lineage,
  };
}
