import { apiContract } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { catalogView } from "./catalog-view.ts";
import { findOwnType, presentOwnType } from "./event-type-row.ts";

/** `GET /v1/event-types/:type` */
export function createGetEventType({ sql }: { sql: Sql }) {
  return initServer().route(apiContract.eventTypes.get, async ({ params, res }) => {
    const known = catalogView.get(params.type);
    if (known !== undefined) return { status: 200, body: known };
    const { organizationId } = principalOf(res);
    const row = await withTenant(sql, organizationId, (tx) => findOwnType(tx, organizationId, params.type));
    if (row === null) return problemResult(res, "not_found", { detail: "There is no such event type." });
    return { status: 200, body: presentOwnType(row) };
  });
}
