import type { HttpOutcome } from "@carewire/service-kit";
import type { LookProblem } from "./status-reading.ts";

/** Why a call that did not succeed settles nothing. A status of the provider's is never taken for the payment's. */
export function problemOfOutcome(outcome: HttpOutcome): LookProblem {
  switch (outcome.kind) {
    case "timeout":
      return "no_answer";
    case "unreachable":
      return "provider_unavailable";
    case "too_large":
      return "answer_unreadable";
    case "answer":
      return problemOfStatus(outcome.status);
  }
}

function problemOfStatus(status: number): LookProblem {
  if (status === 404) return "not_found";
  if (status === 401) return "credentials_refused";
  if (status === 429 || status >= 500) return "provider_unavailable";
  return status >= 400 ? "request_refused" : "answer_unreadable";
}
