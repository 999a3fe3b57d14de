import type { SendOutcome } from "../send/send-outcome.ts";
import { parseRetryAfterMs } from "./retry-after.ts";
import { retryDelayMs } from "./retry-schedule.ts";

/** What the subscription says about success and retries. */
export interface DeliveryPolicy {
  retryPolicy: "none" | "exponential";
  /** Retries after the first attempt at most. */
  retriesMax: number;
  successCodes: "2xx" | "200";
  scheduleMs: readonly number[];
}

/** Where the delivery stands. */
export interface AttemptPosition {
  /** Number of this attempt, from 1; counts throttled and lost ones too. */
  attempt: number;
  /** Steps of the schedule used up before this attempt. */
  retries: number;
}

/** What happens next, and why in words a person can use. */
export type Decision =
  | { step: "delivered"; reason: string }
  | { step: "retry"; delayMs: number; retries: number; reason: string }
  | { step: "failed"; reason: string }
  | { step: "disable"; reason: string };

/** Attempts of one delivery at most, however often its endpoint asks for more time. */
export const attemptsMax = 100;

/** Decides what follows an attempt. Pure: the same arguments always give the same answer. `random` is in [0, 1). */
export function decide(
  outcome: SendOutcome,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  nowMs: number,
  random: number,
): Decision {
  switch (outcome.kind) {
    case "response":
      return decideResponse(outcome, position, policy, nowMs, random);
    case "timeout":
      return retryOrFail(`no complete answer within ${outcome.timeoutMs} ms`, position, policy, random);
    case "network":
      return retryOrFail(`connection failed: ${outcome.detail}`, position, policy, random);
    case "not_allowed":
      return retryOrFail("the destination is not allowed", position, policy, random);
    case "payload_unreadable":
      return retryOrFail("the event's payload cannot be decrypted", position, policy, random);
    case "payload_erased":
      return { step: "failed", reason: "the event's payload was erased" };
  }
}

function decideResponse(
  response: Extract<SendOutcome, { kind: "response" }>,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  nowMs: number,
  random: number,
): Decision {
  const { status } = response;
  const succeeded = policy.successCodes === "200" ? status === 200 : status >= 200 && status <= 299;
  if (succeeded) return { step: "delivered", reason: `answered ${status}` };
  if (status === 410)
    return { step: "disable", reason: "answered 410 Gone: the endpoint asked for no more deliveries" };
  if (status === 429 || status === 503) {
    const hintMs = parseRetryAfterMs(response.headers["retry-after"], nowMs);
    if (hintMs !== null && policy.retryPolicy !== "none" && position.attempt < attemptsMax) {
      const reason = `answered ${status} with Retry-After: waiting ${Math.round(hintMs / 1_000)} s, as asked`;
      return {
        step: "retry",
        delayMs: Math.round(hintMs * (1 + 0.1 * random)),
        retries: position.retries,
        reason,
      };
    }
  }
  const why =
    status >= 300 && status <= 399 ? `answered ${status}: redirects are not followed` : `answered ${status}`;
  return retryOrFail(why, position, policy, random);
}

function retryOrFail(
  why: string,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  random: number,
): Decision {
  if (policy.retryPolicy === "none")
    return { step: "failed", reason: `${why}; the subscription wants no retries` };
  if (position.attempt >= attemptsMax) {
    return { step: "failed", reason: `${why}; it was the last of ${attemptsMax} attempts` };
  }
  if (position.retries >= policy.retriesMax) {
    return { step: "failed", reason: `${why}; all ${policy.retriesMax} retries are used up` };
  }
  const delayMs = retryDelayMs(policy.scheduleMs, position.retries, random);
  const retries = position.retries + 1;
  return { step: "retry", delayMs, retries, reason: `${why}; retry ${retries} of ${policy.retriesMax}` };
}
