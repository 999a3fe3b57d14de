import { wakeChannel } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, erasePayload, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { shownEventId } from "../events/event-row.ts";
import { findEvent } from "../events/find-event.ts";
import { noEvent } from "../events/no-event.ts";
import { actorOf } from "../tenancy/actor.ts";

export interface ErasePayloadDeps {
  sql: Sql;
  clock: Clock;
}

function erase({ sql, clock }: ErasePayloadDeps, principal: Principal, given: string, reason: string) {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const event = await findEvent(tx, principal, given);
    if (event === null) return null;
    const erasure = await erasePayload(tx, { id: event.id, inboundRequestId: event.inbound_request_id });
    const id = shownEventId(event);
    if (erasure.changed) {
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
    const erased = await erase(deps, principal, params.id, body.reason);
    if (erased === null) return noEvent(res);
    // What waited is due now, to fail. A wake-up that is lost costs latency only.
    if (erased.shards.length > 0) {
      await deps.sql.notify(wakeChannel, `shards:${erased.shards.join(",")}`).catch(() => {});
    }
    return { status: 200, body: { id: erased.id, payload_erased: true as const } };
  });
}
