import type { LeadConsent } from "@carewire/service-kit";
import type { Submission } from "./submission.ts";

/** Of one contact and campaign, submissions this close are one lead. */
export const repeatWindowMs = 86_400_000;

/** What repeats change of a lead. */
export interface LeadState {
  submissions: number;
  firstSubmittedAt: Date;
  lastSubmittedAt: Date;
  consent: LeadConsent | null;
}

export const firstState = ({ submittedAt, consent }: Submission): LeadState => ({
  submissions: 1,
  firstSubmittedAt: submittedAt,
  lastSubmittedAt: submittedAt,
  consent,
});

/** A lead after one more submission of the same contact. No order of submissions changes the result. */
export function addSubmission(current: LeadState, { submittedAt, consent }: Submission): LeadState {
  return {
    submissions: current.submissions + 1,
    firstSubmittedAt: submittedAt < current.firstSubmittedAt ? submittedAt : current.firstSubmittedAt,
    lastSubmittedAt: submittedAt > current.lastSubmittedAt ? submittedAt : current.lastSubmittedAt,
    consent: rankOf(consent) > rankOf(current.consent) ? consent : current.consent,
  };
}

/** The latest word counts, silence is none; of a yes and a no in the same moment, the no. */
function rankOf(consent: LeadConsent | null): string {
  if (consent === null) return "";
  const at = String(consent.at?.getTime() ?? 0).padStart(14, "0");
  return `${at} ${consent.given ? "0" : "1"} ${consent.text ?? ""}`;
}
