import type { RequestRefusalCode, WebhookOutcome } from "./outcome.ts";
import { isWebhookError } from "./webhook-error.ts";

/** An HTTP answer, to be written by an adapter. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** When to come again while another process has the event, or after the deadline. */
const busyRetryAfterSeconds = 10;
const unavailableRetryAfterSeconds = 5;

/**
 * Answers the sender. Success is always 200, because some senders count nothing else as delivered. What the message of a
 * refusal says may be shown to anyone; what listeners threw never is.
 */
export function answerOf(outcome: WebhookOutcome): Answer {
  switch (outcome.kind) {
    case "processed":
    case "queued":
      return answer(200, { received: true });
    case "duplicate":
      return answer(200, { received: true, duplicate: true });
    case "busy":
      return problem(503, "busy", "Another process has this event.", retryAfter(busyRetryAfterSeconds));
    case "late":
      return problem(503, "deadline_exceeded", "It takes longer.", retryAfter(busyRetryAfterSeconds));
    case "failed":
      return answerToError(outcome.error);
    case "unavailable": {
      const headers = retryAfter(unavailableRetryAfterSeconds);
      return problem(503, `${outcome.what}_unavailable`, "The receiver cannot work now.", headers);
    }
    case "refused":
      return answerToRefusal(outcome.code, outcome.message);
  }
}

/** Answers a request on which the handler itself failed; the sender is to come again. */
export const answerToHandlerError = (): Answer =>
  problem(500, "handler_failed", "The receiver could not process the event.");

function answerToError(error: unknown): Answer {
  const detail = "The receiver could not process the event.";
  if (!isWebhookError(error)) return problem(500, "listener_failed", detail);
  if (!error.retryable) return problem(422, error.code, detail, { "webhook-delivery": "abort-message" });
  if (error.retryAfterSeconds === null) return problem(500, error.code, detail);
  return problem(503, error.code, detail, retryAfter(error.retryAfterSeconds));
}

function answerToRefusal(code: RequestRefusalCode, message: string): Answer {
  switch (code) {
    case "method_not_allowed":
      return problem(405, code, message, { allow: "POST" });
    // The rest of the body, if it ever comes, is nobody's business any more.
    case "body_too_large":
      return problem(413, code, message, { connection: "close" });
    case "body_unreadable":
      return problem(400, code, message, { connection: "close" });
    case "payload_malformed":
    case "payload_format_unexpected":
      return problem(400, code, message);
    // These mean that the receiver itself must be changed, so the sender is to try again after that.
    case "raw_body_required":
    case "secret_missing":
    case "secret_invalid":
    case "scheme_unknown":
    case "sync_unavailable":
      return problem(500, code, message);
    default:
      return problem(401, code, message);
  }
}

const retryAfter = (seconds: number) => ({ "retry-after": String(Math.max(0, Math.ceil(seconds))) });

function answer(status: number, body: object): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Answer {
  const body = JSON.stringify({ status, code, detail });
  return { status, headers: { "content-type": "application/problem+json", ...headers }, body };
}
