import { type DataKey, deadLetterAad, type Vault, wakeChannel } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import {
  aboutErased,
  appendAudit,
  type ErasableEvent,
  erasePayload,
  type Sql,
  withTenant,
} from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { shownEventId } from "../events/event-row.ts";
import { findEvent } from "../events/find-event.ts";
import { noEvent } from "../events/no-event.ts";
import { actorOf } from "../tenancy/actor.ts";

export interface ErasePayloadDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** Dead letters keep a payload of their own; it is replaced by an empty one. Returns how many were not empty yet. */
async function emptyDeadLetters(tx: postgres.TransactionSql, dataKey: DataKey, event: ErasableEvent) {
  const emptyBytes = dataKey.seal("", Buffer.alloc(0)).byteLength;
  const letters = await tx<{ id: string }[]>`
    select id from dead_letters where ${aboutErased(tx, event)}
      and octet_length(original_payload) > ${emptyBytes}
    order by id for update`;
  for (const { id } of letters) {
    const empty = dataKey.seal(deadLetterAad(id), Buffer.alloc(0));
    await tx`update dead_letters set original_payload = ${empty} where id = ${id}`;
  }
  return letters.length;
}

function erase(
  { sql, clock }: ErasePayloadDeps,
  dataKey: DataKey,
  principal: Principal,
  given: string,
  reason: string,
) {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const event = await findEvent(tx, principal, given);
    if (event === null) return null;
    const erasable = { id: event.id, inboundRequestId: event.inbound_request_id };
    const erasure = await erasePayload(tx, erasable);
    const letters = await emptyDeadLetters(tx, dataKey, erasable);
    const id = shownEventId(event);
    if (erasure.changed || letters > 0) {
      await appendAudit(tx, {
        organizationId,
        actor: actorOf(principal),
        action: "payload.erased",
        target: id,
        detail: { reason },
        now: new Date(clock.now()),
      });
    }
    return { id, shards: erasure.shards };
  });
}

/** `DELETE /v1/events/:id/payload` */
export function createErasePayload(deps: ErasePayloadDeps) {
  return initServer().route(apiContract.payloads.erase, async ({ params, body, res }) => {
    const principal = principalOf(res);
    const dataKey = await deps.vault.dataKey(principal.organizationId);
    const erased = await erase(deps, dataKey, principal, params.id, body.reason);
    if (erased === null) return noEvent(res);
    // What waited is due now, to fail. A wake-up that is lost costs latency only.
    if (erased.shards.length > 0) {
      await deps.sql.notify(wakeChannel, `shards:${erased.shards.join(",")}`).catch(() => {});
    }
    return { status: 200, body: { id: erased.id, payload_erased: true as const } };
  });
}
