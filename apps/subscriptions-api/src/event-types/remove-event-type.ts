import { apiContract } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { type Principal, principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { WriteTypeDeps } from "./create-event-type.ts";
import { findOwnType } from "./event-type-row.ts";
import { noOwnType } from "./no-own-type.ts";
import { organizationOnly } from "./organization-only.ts";
import { auditType } from "./write-type.ts";

function remove({ sql, clock }: WriteTypeDeps, principal: Principal, type: string): Promise<boolean> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const row = await findOwnType(tx, organizationId, type, "for update");
    if (row === null) return false;
    await tx`delete from event_types where organization_id = ${organizationId} and type = ${type}`;
    const now = new Date(clock.now());
    await auditType(tx, principal, { action: "event_type.deleted", type, fields: [], now });
    return true;
  });
}

/** `DELETE /v1/event-types/:type` */
export function createRemoveEventType(deps: WriteTypeDeps) {
  return initServer().route(apiContract.eventTypes.remove, async ({ params, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationOnly(res);
    if (!(await remove(deps, principal, params.type))) return noOwnType(res);
    deps.typeSchemas.forget(principal.organizationId);
    return { status: 204, body: undefined };
  });
}
