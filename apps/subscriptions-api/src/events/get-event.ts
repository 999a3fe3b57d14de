import { apiContract } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { presentEvent, shownEventId } from "./event-row.ts";
import { findEvent } from "./find-event.ts";
import { noEvent } from "./no-event.ts";
import { readLineage } from "./read-lineage.ts";
import { isPayloadErased, type PayloadDeps, readPayload } from "./read-payload.ts";

/** `GET /v1/events/:id` */
export function createGetEvent(deps: PayloadDeps) {
  return initServer().route(apiContract.events.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const found = await withTenant(deps.sql, principal.organizationId, async (tx) => {
      const event = await findEvent(tx, principal, params.id);
      if (event === null) return null;
      const [lineage, erased] = await Promise.all([
        readLineage(tx, principal, event),
        isPayloadErased(tx, event.id),
      ]);
      return { event, lineage, payload_erased: erased };
    });
    if (found === null) return noEvent(res);
    const { event, ...details } = found;
    const payload = await readPayload(deps, principal, {
      eventId: event.id,
      action: "event.payload_read",
      target: shownEventId(event),
    });
    return { status: 200, body: { ...presentEvent(event), ...payload, ...details } };
  });
}
