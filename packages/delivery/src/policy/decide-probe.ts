import type { SendOutcome } from "../outcome/send-outcome.ts";
import { type Decision, type DeliveryPolicy, describeFailure, isSuccess } from "./decide.ts";

/**
 * Decides what follows the only attempt of a ping or a test: its answer is for the person who asked, so nothing is tried
 * again and nothing the endpoint says about further deliveries is acted on. Pure.
 */
export function decideProbe(
  outcome: SendOutcome,
  policy: Pick<DeliveryPolicy, "successCodes">,
): Extract<Decision, { step: "delivered" | "failed" }> {
  if (outcome.kind === "response" && isSuccess(outcome.status, policy.successCodes)) {
    return { step: "delivered", reason: `answered ${outcome.status}`, disables: false };
  }
  return { step: "failed", reason: `${describeFailure(outcome)}; a ping or test is sent once` };
}
