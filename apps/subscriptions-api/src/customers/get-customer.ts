import { apiContract } from "@carewire/contracts";
import { appendAudit, withTenant } from "@carewire/db";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { type CustomerRow, findCustomer, openPersonal, presentCustomer } from "./customer-row.ts";
import { organizationsCustomers } from "./organizations-customers.ts";
import type { CustomerDeps } from "./put-customer.ts";

/** Finds a customer and puts the read on the audit chain. */
function findAudited(
  { sql, clock }: CustomerDeps,
  principal: Principal,
  customerId: string,
): Promise<CustomerRow | null> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx) => {
    const row = await findCustomer(tx, organizationId, customerId);
    if (row === null) return null;
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "customer.read",
      target: `customer/${customerId}`,
      detail: {},
      now: new Date(clock.now()),
    });
    return row;
  });
}

/** `GET /v1/customers/:id` */
export function createGetCustomer(deps: CustomerDeps) {
  return initServer().route(apiContract.customers.get, async ({ params, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationsCustomers(res);
    const dataKey = await deps.vault.dataKey(principal.organizationId);
    const row = await findAudited(deps, principal, params.id);
    if (row === null) return problemResult(res, "not_found", { detail: "There is no such customer." });
    return { status: 200, body: presentCustomer(row, openPersonal(dataKey, row)) };
  });
}
