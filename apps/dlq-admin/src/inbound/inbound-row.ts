import { inboundVerdicts } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { publicId } from "@carewire/envelope";

/** A verified request as lists need it: without its headers and its body. */
export interface InboundRow {
  id: string;
  organization_id: string;
  source_id: string;
  provider: string | null;
  source_name: string | null;
  verdict: string;
  reason: string | null;
  body_bytes: number;
  received_at: Date;
}

/** The columns of {@link InboundRow}, of `inbound_requests r left join sources s`. */
export const inboundColumns = (sql: Queryable) => sql`
  r.id, r.organization_id, r.source_id, s.provider, s.name source_name, r.verdict, r.reason, r.body_bytes, r.received_at`;

function verdictOf({ id, verdict }: InboundRow) {
  const known = inboundVerdicts.find((name) => name === verdict);
  if (known === undefined) throw new Error(`inbound request ${id} has the unknown verdict "${verdict}"`);
  return known;
}

/** A request as lists show it. */
export const presentInbound = (row: InboundRow) => ({
  id: publicId("inr", row.id),
  organization_id: publicId("org", row.organization_id),
  source:
    row.provider === null
      ? null
      : { id: publicId("src", row.source_id), provider: row.provider, name: row.source_name ?? "" },
  verdict: verdictOf(row),
  reason: row.reason,
  body_bytes: row.body_bytes,
  received_at: row.received_at.toISOString(),
});
