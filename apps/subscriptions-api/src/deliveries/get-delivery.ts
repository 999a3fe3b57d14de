import { apiContract } from "@carewire/contracts";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type PayloadDeps, readPayload } from "../events/read-payload.ts";
import { findDelivery, presentDelivery } from "./delivery-row.ts";
import { noDelivery } from "./no-delivery.ts";
import { openResponseBody } from "./response-body.ts";

/** `GET /v1/deliveries/:id` */
export function createGetDelivery(deps: PayloadDeps) {
  return initServer().route(apiContract.deliveries.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const row = await findDelivery(deps.sql, principal, params.id);
    if (row === null) return noDelivery(res);
    const dataKey = await deps.vault.dataKey(row.organization_id);
    const payload = await readPayload(deps, principal, {
      eventId: row.event_id,
      action: "delivery.payload_read",
      target: params.id,
    });
    const responseBody = openResponseBody(dataKey, row.answered_attempt_id, row.answered_body);
    return { status: 200, body: { ...presentDelivery(row), ...payload, response_body: responseBody } };
  });
}
