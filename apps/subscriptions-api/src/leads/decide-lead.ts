import { createPublisher, type DataKey } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { type AuditDetail, appendAudit, withTenant } from "@carewire/db";
import {
  leadCreated,
  openLeadDetails,
  type Principal,
  principalOf,
  problemResult,
} from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { wakeRouting } from "../subscriptions/announce.ts";
import { actorOf } from "../tenancy/actor.ts";
import type { LeadDeps } from "./get-lead.ts";
import { consentOf, type LeadRow, lockLead, noLead, organizationsLeads, presentLead } from "./lead-row.ts";

interface Decision {
  /** As it was given. */
  leadId: string;
  status: "accepted" | "discarded";
  detail: AuditDetail;
}

type Decided = { outcome: "decided"; row: LeadRow } | { outcome: "not_found" | "accepted_already" };

/** Decides about a lead that was held back, once: whoever comes second finds it decided. */
async function decide(deps: LeadDeps, principal: Principal, decision: Decision): Promise<Decided> {
  const { organizationId } = principal;
  const { leadId, status, detail } = decision;
  const now = new Date(deps.clock.now());
  // Before the transaction: a key that is not at hand needs a connection of its own.
  const dataKey = await deps.vault.dataKey(organizationId);
  return withTenant(deps.sql, organizationId, async (tx): Promise<Decided> => {
    const before = await lockLead(tx, organizationId, leadId);
    if (before === null) return { outcome: "not_found" };
    if (before.status === "accepted") return { outcome: "accepted_already" };
    if (before.status === status) return { outcome: "decided", row: before };
    const actor = actorOf(principal);
    const [row] = await tx<LeadRow[]>`
      update leads set status = ${status}, decided_by = ${actor}, decided_at = ${now}, updated_at = ${now}
      where id = ${before.id} returning *`;
    if (row === undefined) throw new Error("deciding about a lead returned no row");
    if (status === "accepted") await publishLead(tx, deps, row, dataKey);
    const action = status === "accepted" ? "lead.released" : "lead.discarded";
    await appendAudit(tx, { organizationId, actor, action, target: leadId, detail, now });
    return { outcome: "decided", row };
  });
}

async function publishLead(tx: postgres.TransactionSql, deps: LeadDeps, row: LeadRow, dataKey: DataKey) {
  const lead = {
    id: row.id,
    organizationId: row.organization_id,
    source: row.source,
    campaign: row.campaign,
    submittedAt: row.first_submitted_at,
    consent: consentOf(row),
    details: openLeadDetails(dataKey, row.id, row.details),
  };
  await createPublisher(deps).publish(tx, [leadCreated(lead, { clock: deps.clock, sourceService: "api" })]);
}

function present(res: Response, decided: Decided) {
  switch (decided.outcome) {
    case "decided":
      return { status: 200 as const, body: presentLead(decided.row) };
    case "not_found":
      return noLead(res);
    case "accepted_already":
      return problemResult(res, "conflict", {
        detail: "This lead is accepted, and its subscribers were told.",
      });
  }
}

/** `POST /v1/leads/:id/release` */
export function createReleaseLead(deps: LeadDeps) {
  return initServer().route(apiContract.leads.release, async ({ params, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationsLeads(res);
    const decided = await decide(deps, principal, { leadId: params.id, status: "accepted", detail: {} });
    if (decided.outcome === "decided") await wakeRouting(deps.sql);
    return present(res, decided);
  });
}

/** `POST /v1/leads/:id/discard` */
export function createDiscardLead(deps: LeadDeps) {
  return initServer().route(apiContract.leads.discard, async ({ params, body, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationsLeads(res);
    const decision: Decision = { leadId: params.id, status: "discarded", detail: { reason: body.reason } };
    return present(res, await decide(deps, principal, decision));
  });
}
