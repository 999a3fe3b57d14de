import { deadLetterAad, inboundBodyAad, type Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import { withinTime } from "./within-time.ts";

const keepTimeoutMs = 3_000;

/** A verified request that holds no event we can read. */
export interface MalformedRequest {
  organizationId: string;
  sourceId: string;
  topic: string;
  headers: Record<string, string>;
  rawBody: Uint8Array;
  bodyHash: Buffer;
  reason: string;
  /** How long a repeat of the same bytes is recognised, days. */
  keyTtlDays: number;
  /** The id the signature covered; kept with the request and its letter, for mapping it again. */
  messageId: string | null;
}

/** Rejects when the request could not be kept, at the latest after 3 s. */
export type KeepMalformed = (request: MalformedRequest) => Promise<void>;

/**
 * Keeps malformed requests: always in `inbound_requests`, and as a dead letter once per distinct body, since a
 * provider that is answered 400 sends the same bytes again for days. A repeat names the dead letter of the first. The letter
 * outlives the request, and keeps what mapping it again needs.
 */
export function createKeepMalformed(deps: { sql: Sql; vault: Vault; clock: Clock }): KeepMalformed {
  const { sql, vault, clock } = deps;

  async function keep(request: MalformedRequest): Promise<void> {
    const { organizationId, sourceId, rawBody, bodyHash, reason } = request;
    const requestId = newId(clock.now());
    const deadLetterId = newId(clock.now());
    const key = `malformed:${bodyHash.toString("hex")}`;
    const dataKey = await vault.dataKey(organizationId);
    await sql`
      with claimed as (
        insert into idempotency (scope, key, event_id, body_hash, expires_at)
        values (${sourceId}, ${key}, ${deadLetterId}, ${bodyHash},
          now() + ${request.keyTtlDays}::int * interval '1 day')
        on conflict (scope, key) do nothing returning event_id),
      letter as (
        insert into dead_letters
          (id, organization_id, inbound_request_id, source_id, topic, cause, error, original_payload, message_id, content_type)
        select event_id, ${organizationId}, ${requestId}::uuid, ${sourceId}::uuid, ${request.topic}, 'malformed', ${reason},
          ${dataKey.seal(deadLetterAad(deadLetterId), rawBody)}::bytea, ${request.messageId},
          ${request.headers["content-type"] ?? null}
        from claimed)
      insert into inbound_requests
        (id, organization_id, source_id, verdict, external_id, reason, headers, body_hash, body_bytes, body,
          repeat_of)
      values (${requestId}, ${organizationId}, ${sourceId}, 'malformed', ${request.messageId}, ${reason},
        ${JSON.stringify(request.headers)}, ${bodyHash}, ${rawBody.byteLength},
        ${dataKey.seal(inboundBodyAad(requestId), rawBody)}::bytea,
        (select event_id from idempotency where scope = ${sourceId} and key = ${key}))`;
  }

  return (request) => withinTime(keep(request), keepTimeoutMs, "keeping a malformed request");
}
