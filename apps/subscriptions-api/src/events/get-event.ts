import { apiContract } from "@carewire/contracts";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { presentEvent, shownEventId } from "./event-row.ts";
import { findEvent } from "./find-event.ts";
import { readLineage } from "./read-lineage.ts";
import { type PayloadDeps, readPayload } from "./read-payload.ts";

/** `GET /v1/events/:id` */
export function createGetEvent(deps: PayloadDeps) {
  return initServer().route(apiContract.events.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const event = await findEvent(deps.sql, principal, params.id);
    if (event === null) return problemResult(res, "not_found", { detail: "There is no such event." });
    const target = shownEventId(event);
    const [lineage, payload] = await Promise.all([
      readLineage(deps.sql, principal, event),
      readPayload(deps, principal, { eventId: event.id, action: "event.payload_read", target }),
    ]);
    return { status: 200, body: { ...presentEvent(event), ...payload, lineage } };
  });
}
