import type { Vault } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { principalOf } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { lockLead, noLead, organizationsLeads, presentLeadDetail } from "./lead-row.ts";

export interface LeadDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** `GET /v1/leads/:id` */
export function createGetLead({ sql, vault, clock }: LeadDeps) {
  return initServer().route(apiContract.leads.get, async ({ params, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    if (principal.accountId !== null) return organizationsLeads(res);
    const dataKey = await vault.dataKey(organizationId);
    const row = await withTenant(sql, organizationId, async (tx) => {
      const found = await lockLead(tx, organizationId, params.id);
      if (found === null) return null;
      await appendAudit(tx, {
        organizationId,
        actor: actorOf(principal),
        action: "lead.read",
        target: params.id,
        detail: {},
        now: new Date(clock.now()),
      });
      return found;
    });
    return row === null ? noLead(res) : { status: 200, body: presentLeadDetail(row, dataKey) };
  });
}
