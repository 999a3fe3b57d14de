import type { DataKey } from "@carewire/bus";
import type { Lead, LeadDetail } from "@carewire/contracts";
import type { leads } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import { type LeadConsent, openLeadDetails, problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import type postgres from "postgres";

export type LeadRow = typeof leads.$inferSelect;

/** The lead of that public id, locked for this transaction, or null. */
export async function lockLead(
  tx: postgres.TransactionSql,
  organizationId: string,
  given: string,
): Promise<LeadRow | null> {
  const id = parsePublicId("led", given);
  const [row] = await tx<LeadRow[]>`
    select * from leads where organization_id = ${organizationId} and id = ${id} for update`;
  return row ?? null;
}

export const consentOf = (row: LeadRow): LeadConsent | null =>
  row.consent_given === null
    ? null
    : { given: row.consent_given, text: row.consent_text, at: row.consent_at };

export function presentLead(row: LeadRow): Lead {
  const consent = consentOf(row);
  return {
    id: publicId("led", row.id),
    status: row.status as Lead["status"],
    reason: row.reason,
    source: row.source,
    campaign: row.campaign === "" ? null : row.campaign,
    consent: consent && { ...consent, at: consent.at?.toISOString() ?? null },
    submissions: row.submissions,
    first_submitted_at: row.first_submitted_at.toISOString(),
    last_submitted_at: row.last_submitted_at.toISOString(),
    decided_by: row.decided_by,
    decided_at: row.decided_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

export function presentLeadDetail(row: LeadRow, dataKey: DataKey): LeadDetail {
  const { pageUrl, ...details } = openLeadDetails(dataKey, row.id, row.details);
  return { ...presentLead(row), ...details, page_url: pageUrl };
}

/** The answer when the caller has no such lead. */
export const noLead = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such lead." });

/** The answer to a key of an account. */
export const organizationsLeads = (res: Response) =>
  problemResult(res, "insufficient_scope", {
    detail: "Leads are the organization's; use a key that is not bound to an account.",
  });
