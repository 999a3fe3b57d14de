import type { ConsumerHandler, Vault } from "@carewire/bus";
import { type Clock, type LeadSubmittedPayload, newId } from "@carewire/envelope";
import { leadCreated, sealLeadDetails } from "@carewire/service-kit";
import type { TransactionSql } from "postgres";
import { contactHash } from "../leads/contact-hash.ts";
import { findSpam, type SpamRules } from "../leads/find-spam.ts";
import { addSubmission, firstState } from "../leads/lead-state.ts";
import { findLead, insertLead, type LeadName, lockContact, updateLead } from "../leads/lead-store.ts";
import { readSubmission, type Submission } from "../leads/submission.ts";
import { sourceService } from "./source-service.ts";

export interface ApplyLeadDeps {
  clock: Clock;
  vault: Vault;
  spamRules: SpamRules;
}

/**
 * Makes a lead of a submitted form and tells `lead.created`; a repeat of the same contact and campaign within 24 hours
 * adds to the lead there is. What looks like spam is held back under its reason, and nobody is told.
 */
export function createApplyLead(deps: ApplyLeadDeps): ConsumerHandler<LeadSubmittedPayload> {
  const { clock, vault, spamRules } = deps;
  return async (tx, { payload }, { organizationId, publish }) => {
    const submission = readSubmission(payload);
    const reason = findSpam(submission, spamRules);
    const status = reason === null ? "accepted" : "quarantined";
    // Before the lock: a key that is not at hand needs a connection of its own.
    const dataKey = await vault.dataKey(organizationId);
    const { details, campaign } = submission;
    const contact = contactHash(organizationId, details);
    const seal = (id: string) => sealLeadDetails(dataKey, id, details);
    if (contact !== null) {
      const name: LeadName = { organizationId, contactHash: contact, campaign, status };
      if (await addToKnown(tx, name, submission, seal)) return;
    }
    const id = newId(clock.now());
    const lead = { id, organizationId, contactHash: contact, status, reason, details: seal(id) } as const;
    await insertLead(tx, lead, submission, firstState(submission));
    if (reason === null) {
      await publish([leadCreated({ ...submission, id, organizationId }, { clock, sourceService })]);
    }
  };
}

/** True when the submission was a repeat, and is now part of the lead that it repeats. */
async function addToKnown(
  tx: TransactionSql,
  name: LeadName,
  submission: Submission,
  seal: (id: string) => Buffer,
): Promise<boolean> {
  await lockContact(tx, name);
  const known = await findLead(tx, name, submission.submittedAt);
  if (known === null) return false;
  const isLatest = submission.submittedAt >= known.state.lastSubmittedAt;
  await updateLead(tx, known.id, addSubmission(known.state, submission), isLatest ? seal(known.id) : null);
  return true;
}
