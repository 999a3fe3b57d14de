import { inboundBodyAad, payloadAad, type Vault } from "@carewire/bus";
import type { Queryable } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { openSealed } from "../entries/open-payload.ts";
import { type InboundRow, inboundColumns } from "./inbound-row.ts";

/** Events of one request that are looked at; a batch of a provider may hold a thousand. */
const eventsMax = 1_000;

export interface InboundEvent {
  id: string;
  type: string;
  external_id: string | null;
  created_at: Date;
  body_bytes: number;
}

/** A request with what came of it. */
export interface InboundDetail {
  request: InboundRow & { headers: string; body: Buffer | null };
  events: InboundEvent[];
  deadLetter: { id: string; status: string } | null;
}

/** One request that the access allows to see. */
export async function readInboundDetail(
  tx: Queryable,
  access: Access,
  given: string,
): Promise<InboundDetail | null> {
  const id = parsePublicId("inr", given);
  if (id === null) return null;
  const [request] = await tx<InboundDetail["request"][]>`
    select ${inboundColumns(tx)}, r.headers, r.body
    from inbound_requests r left join sources s on s.id = r.source_id
    where r.id = ${id}::uuid and ${withinAccess(tx, "r", access)}`;
  if (request === undefined) return null;
  const events = await tx<InboundEvent[]>`
    select id, type, external_id, created_at, body_bytes from events
    where inbound_request_id = ${id}::uuid order by id limit ${eventsMax}`;
  const [deadLetter] = await tx<{ id: string; status: string }[]>`
    select id, status from dead_letters where inbound_request_id = ${id}::uuid order by id desc limit 1`;
  return { request, events, deadLetter: deadLetter ?? null };
}

/**
 * What was sent, byte for byte: kept with the request, or as the payload of the event that carries the very same bytes.
 * Null when it is not kept (any more).
 */
export async function openBody(
  sql: Queryable,
  vault: Vault,
  { request, events }: InboundDetail,
): Promise<Buffer | null> {
  const { organization_id: organizationId, id } = request;
  if (request.body !== null) return openSealed(vault, organizationId, inboundBodyAad(id), request.body);
  const carrier = events.find((event) => event.body_bytes === request.body_bytes);
  if (carrier === undefined) return null;
  const [payload] = await sql<{ body: Buffer | null }[]>`
    select body from event_payloads where id = ${carrier.id} and organization_id = ${organizationId}`;
  return payload?.body ? openSealed(vault, organizationId, payloadAad(carrier.id), payload.body) : null;
}
