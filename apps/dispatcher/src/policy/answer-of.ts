import { type Decision, parseRetryAfterMs, type SendOutcome } from "@carewire/delivery";
import type { Answer } from "../admission/admission.ts";

/** What an outcome says about the endpoint: to its in-flight limit, its circuit breaker and its health. */
export interface EndpointAnswer {
  answer: Answer;
  /** For so long the endpoint asked to be left alone. */
  pauseMs: number | null;
}

const succeeded: EndpointAnswer = { answer: "succeeded", pauseMs: null };
const refused: EndpointAnswer = { answer: "refused", pauseMs: null };
const failed: EndpointAnswer = { answer: "failed", pauseMs: null };
const timedOut: EndpointAnswer = { answer: "timed_out", pauseMs: null };
const notSent: EndpointAnswer = { answer: "not_sent", pauseMs: null };

/**
 * How an outcome counts for its endpoint. What was not the endpoint's doing counts for nothing, and so does a failed
 * ping: it is sent to try, whatever state the endpoint is in. 410 counts as a failure of an endpoint that is disabled
 * anyway. Pure.
 */
export function answerOf(
  outcome: SendOutcome,
  decision: Decision,
  ping: boolean,
  nowMs: number,
): EndpointAnswer {
  if (decision.step === "delivered") return succeeded;
  if (ping) return notSent;
  switch (outcome.kind) {
    case "timeout":
      return timedOut;
    case "payload_unreadable":
    case "payload_erased":
    case "proxy_failed":
    case "internal_error":
      return notSent;
    case "network":
    case "not_allowed":
    case "auth_failed":
      return failed;
    case "response":
      return answerOfResponse(outcome, nowMs);
  }
}

/**
 * What RFC 9110 (section 15.5) says of the message and not of the server: bad request, conflict, content too large,
 * unsupported media type, unprocessable content.
 */
const messageStatuses = new Set([400, 409, 413, 415, 422]);

/** 429 is no failure; 503 is one unless it says when to come back. */
function answerOfResponse(
  { status, headers }: Extract<SendOutcome, { kind: "response" }>,
  nowMs: number,
): EndpointAnswer {
  if (messageStatuses.has(status)) return refused;
  if (status !== 429 && status !== 503) return failed;
  const pauseMs = parseRetryAfterMs(headers["retry-after"], nowMs);
  return status === 503 && pauseMs === null ? failed : { answer: "throttled", pauseMs };
}
