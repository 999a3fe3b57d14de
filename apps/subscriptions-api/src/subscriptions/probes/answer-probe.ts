import { publicId } from "@carewire/envelope";
import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import { readHeaderLines } from "../../deliveries/header-lines.ts";
import { openResponseBody } from "../../deliveries/response-body.ts";
import { noSubscription } from "../no-subscription.ts";
import { problemOfMistakes } from "../problem-of-mistakes.ts";
import type { ProbeAnswer } from "./send-probe.ts";

function presentTried({
  deliveryId,
  delivered,
  attempt,
  dataKey,
}: Extract<ProbeAnswer, { outcome: "tried" }>) {
  return {
    delivery_id: publicId("dlv", deliveryId),
    delivered,
    attempt: {
      outcome: attempt.outcome,
      response_code: attempt.http_status,
      response_body: openResponseBody(dataKey, attempt.id, attempt.response_body),
      response_headers: readHeaderLines(attempt.response_headers),
      duration_ms: attempt.duration_ms,
      error: attempt.error,
      reason: attempt.reason,
      request_headers: readHeaderLines(attempt.request_headers),
    },
  };
}

/** What a caller is told about its ping or test. */
export function answerProbe(res: Response, answer: ProbeAnswer) {
  switch (answer.outcome) {
    case "tried":
      return { status: 200 as const, body: presentTried(answer) };
    case "not_found":
      return noSubscription(res);
    case "unknown_type": {
      const item = { path: "type", message: answer.mistake, code: "unknown_event_type" };
      return problemResult(res, "validation_failed", problemOfMistakes([item]));
    }
    case "too_many":
      return problemResult(res, "too_many_requests", {
        detail: "This subscription was pinged and tested too often; wait as long as Retry-After says.",
        retryAfterSeconds: answer.retryAfterSeconds,
      });
    case "not_taken":
      return problemResult(res, "gateway_timeout", {
        detail:
          "No dispatcher took it in time; it was taken back and will not be sent. Check that a dispatcher runs.",
      });
    case "unfinished":
      return problemResult(res, "gateway_timeout", {
        detail: `The endpoint did not answer in time; see GET /v1/deliveries/${publicId("dlv", answer.deliveryId)} for the outcome.`,
      });
  }
}
