import type { TransactionSql } from "postgres";
import { type LeadState, repeatWindowMs } from "./lead-state.ts";
import type { Submission } from "./submission.ts";

export type LeadStatus = "accepted" | "quarantined";

/** Which lead a submission may be a repeat of. */
export interface LeadName {
  organizationId: string;
  contactHash: Buffer;
  campaign: string;
  status: LeadStatus;
}

interface Row {
  id: string;
  submissions: number;
  first_submitted_at: Date;
  last_submitted_at: Date;
  consent_given: boolean | null;
  consent_text: string | null;
  consent_at: Date | null;
}

/** Makes this transaction the only one that decides about a contact: a first submission finds no row to lock. */
export async function lockContact(
  tx: TransactionSql,
  { organizationId, contactHash, campaign }: LeadName,
): Promise<void> {
  const key = `leads:${organizationId}:${contactHash.toString("hex")}:${campaign}`;
  await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

/** The lead that a submission repeats. What was held back and then discarded takes its repeats with it. */
export async function findLead(
  tx: TransactionSql,
  { organizationId, contactHash, campaign, status }: LeadName,
  submittedAt: Date,
): Promise<{ id: string; state: LeadState } | null> {
  const statuses = status === "accepted" ? ["accepted"] : ["quarantined", "discarded"];
  const [row] = await tx<Row[]>`
    select id, submissions, first_submitted_at, last_submitted_at, consent_given, consent_text, consent_at
    from leads where organization_id = ${organizationId} and contact_hash = ${contactHash}
      and campaign = ${campaign} and status in ${tx(statuses)}
      and first_submitted_at > ${new Date(submittedAt.getTime() - repeatWindowMs)}
      and first_submitted_at < ${new Date(submittedAt.getTime() + repeatWindowMs)}
    order by id limit 1`;
  if (!row) return null;
  const { consent_given: given, consent_text: text, consent_at: at } = row;
  return {
    id: row.id,
    state: {
      submissions: row.submissions,
      firstSubmittedAt: row.first_submitted_at,
      lastSubmittedAt: row.last_submitted_at,
      consent: given === null ? null : { given, text, at },
    },
  };
}

const columnsOf = ({ submissions, firstSubmittedAt, lastSubmittedAt, consent }: LeadState) => ({
  submissions,
  first_submitted_at: firstSubmittedAt,
  last_submitted_at: lastSubmittedAt,
  consent_given: consent?.given ?? null,
  consent_text: consent?.text ?? null,
  consent_at: consent?.at ?? null,
});

/** A lead to be stored; `details` are sealed. */
export interface NewLead {
  id: string;
  organizationId: string;
  contactHash: Buffer | null;
  status: LeadStatus;
  reason: string | null;
  details: Buffer;
}

export async function insertLead(
  tx: TransactionSql,
  lead: NewLead,
  { source, campaign }: Submission,
  state: LeadState,
): Promise<void> {
  const row = {
    id: lead.id,
    organization_id: lead.organizationId,
    source,
    campaign,
    contact_hash: lead.contactHash,
    status: lead.status,
    reason: lead.reason,
    details: lead.details,
    ...columnsOf(state),
  };
  await tx`insert into leads ${tx(row)}`;
}

/** Stores what a repeat changed; `details` are those of the latest submission, or null to keep what is there. */
export async function updateLead(
  tx: TransactionSql,
  id: string,
  state: LeadState,
  details: Buffer | null,
): Promise<void> {
  const row = { ...columnsOf(state), ...(details === null ? {} : { details }) };
  await tx`update leads set ${tx(row)}, updated_at = now() where id = ${id}`;
}
