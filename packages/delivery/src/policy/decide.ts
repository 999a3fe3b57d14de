import type { SendOutcome } from "../outcome/send-outcome.ts";
import { proxyRetry } from "./proxy-retry.ts";
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
  /** Number of this attempt, from 1; counts throttled and lost ones too, and those that failed at the egress proxy. */
  attempt: number;
  /** Steps of the schedule used up before this attempt. */
  retries: number;
}

/** What happens next, and why in words a person can use. */
export type Decision =
  /** `disables`: the endpoint took this one and asked for no more. */
  | { step: "delivered"; reason: string; disables: boolean }
  | { step: "retry"; delayMs: number; retries: number; reason: string }
  | { step: "failed"; reason: string }
  | { step: "disable"; reason: string };

/** After this many attempts a Retry-After uses up steps of the schedule, so that every delivery ends. */
export const throttledAttemptsMax = 100;

/** Decides what follows an attempt. Pure: the same arguments always give the same answer. `random` is in [0, 1). */
export function decide(
  outcome: SendOutcome,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  nowMs: number,
  random: number,
): Decision {
  if (outcome.kind === "response") return decideResponse(outcome, position, policy, nowMs, random);
  const why = describeFailure(outcome);
  if (outcome.kind === "payload_erased") return { step: "failed", reason: why };
  const soon = outcome.kind === "proxy_failed" ? proxyRetry(outcome, position, random) : null;
  if (soon !== null) return soon;
  return retryOrFail(why, position, policy, random);
}

/** Whether an answer with this status means that the message arrived. */
export function isSuccess(status: number, successCodes: DeliveryPolicy["successCodes"]): boolean {
  return successCodes === "200" ? status === 200 : status >= 200 && status <= 299;
}

/** What went wrong, in words. Never quotes the peer. */
export function describeFailure(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case "response": {
      const redirects = outcome.status >= 300 && outcome.status <= 399;
      return `answered ${outcome.status}${redirects ? ": redirects are not followed" : ""}`;
    }
    case "timeout":
      return `no complete answer within ${outcome.timeoutMs} ms`;
    case "network":
      return `connection failed: ${outcome.detail}`;
    case "not_allowed":
      return "the destination is not allowed";
    case "proxy_failed":
      return outcome.detail;
    case "auth_failed":
      return `no OAuth2 token for the endpoint: ${outcome.detail}`;
    case "internal_error":
      return "a mistake of ours kept it from being sent";
    case "payload_unreadable":
      return "the event's payload cannot be decrypted";
    case "payload_erased":
      return "the event's payload was erased";
  }
}

function decideResponse(
  response: Extract<SendOutcome, { kind: "response" }>,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  nowMs: number,
  random: number,
): Decision {
  const { status, headers } = response;
  const wish = deliveryWish(headers["webhook-delivery"]);
  if (isSuccess(status, policy.successCodes)) {
    if (wish !== "disable") return { step: "delivered", reason: `answered ${status}`, disables: false };
    return { step: "delivered", reason: `answered ${status} with ${disableWish}`, disables: true };
  }
  if (status === 410)
    return { step: "disable", reason: "answered 410 Gone: the endpoint asked for no more deliveries" };
  if (wish === "disable") return { step: "disable", reason: `answered ${status} with ${disableWish}` };
  if (wish === "abort-message") {
    const reason = `answered ${status} with webhook-delivery: abort-message: the endpoint wants no retries of this message`;
    return { step: "failed", reason };
  }
  if (status === 429 || status === 503) {
    const hintMs = parseRetryAfterMs(headers["retry-after"], nowMs);
    if (hintMs !== null && policy.retryPolicy !== "none" && position.attempt < throttledAttemptsMax) {
      const reason = `answered ${status} with Retry-After: waiting ${Math.round(hintMs / 1_000)} s, as asked`;
      return {
        step: "retry",
        delayMs: Math.round(hintMs * (1 + 0.1 * random)),
        retries: position.retries,
        reason,
      };
    }
  }
  return retryOrFail(describeFailure(response), position, policy, random);
}

const disableWish = "webhook-delivery: disable: the endpoint asked for no more deliveries";

/** What the endpoint asks for in its response header `webhook-delivery`; null for nothing we know. */
function deliveryWish(header: string | undefined): "disable" | "abort-message" | null {
  if (header === undefined) return null;
  const wishes = header.split(",").map((word) => word.trim().toLowerCase());
  if (wishes.includes("disable")) return "disable";
  return wishes.includes("abort-message") ? "abort-message" : null;
}

function retryOrFail(
  why: string,
  position: AttemptPosition,
  policy: DeliveryPolicy,
  random: number,
): Decision {
  if (policy.retryPolicy === "none")
    return { step: "failed", reason: `${why}; the subscription wants no retries` };
  if (position.retries >= policy.retriesMax) {
    return { step: "failed", reason: `${why}; all ${policy.retriesMax} retries are used up` };
  }
  const delayMs = retryDelayMs(policy.scheduleMs, position.retries, random);
  const retries = position.retries + 1;
  return { step: "retry", delayMs, retries, reason: `${why}; retry ${retries} of ${policy.retriesMax}` };
}
