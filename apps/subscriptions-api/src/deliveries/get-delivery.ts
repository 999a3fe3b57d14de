import { apiContract } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { hasScope, type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type PayloadDeps, readPayload } from "../events/read-payload.ts";
import { auditResponseRead } from "./audit-response-read.ts";
import { type DeliveryRow, findDelivery, presentDelivery } from "./delivery-row.ts";
import { noDelivery } from "./no-delivery.ts";
import { readRequestBody } from "./request-body.ts";
import { openResponseBody } from "./response-body.ts";
import { findWaitingFor } from "./waiting-for.ts";

/** What was sent and what was answered, for a caller who may see payloads; audited before it is answered. */
async function readContents(deps: PayloadDeps, principal: Principal, row: DeliveryRow, target: string) {
  if (!hasScope(principal, "payloads:read")) return {};
  const dataKey = await deps.vault.dataKey(principal.organizationId);
  const action = "delivery.payload_read";
  const payload = await readPayload(deps, principal, { eventId: row.event_id, action, target });
  const responseBody = openResponseBody(dataKey, row.answered_attempt_id, row.answered_body);
  if (responseBody !== null && !("payload" in payload)) await auditResponseRead(deps, principal, target);
  if (!("payload" in payload)) return { response_body: responseBody };
  return {
    ...payload,
    request_body: await readRequestBody(deps.sql, dataKey, row),
    response_body: responseBody,
  };
}

/** `GET /v1/deliveries/:id` */
export function createGetDelivery(deps: PayloadDeps) {
  return initServer().route(apiContract.deliveries.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const found = await withTenant(deps.sql, principal.organizationId, async (tx) => {
      const row = await findDelivery(tx, principal, params.id);
      return row && { row, waitingFor: await findWaitingFor(tx, row.id) };
    });
    if (found === null) return noDelivery(res);
    const { row, waitingFor } = found;
    const contents = await readContents(deps, principal, row, params.id);
    return { status: 200, body: { ...presentDelivery(row), waiting_for: waitingFor, ...contents } };
  });
}
