import type { DataKey } from "@carewire/bus";
import { withoutSecrets } from "../message/custom-headers.ts";
import { headerLines } from "../message/outgoing-headers.ts";
import type { Decision } from "../policy/decide.ts";
import type { AttemptRecord } from "../store/record.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** One attempt at a delivery, over. */
export interface FinishedAttempt {
  attemptId: string;
  delivery: Pick<AttemptRecord, "organizationId" | "leaseToken" | "attempt" | "retries"> & { id: string };
  target: { headers: { secrets: readonly string[] }; dataKey: Pick<DataKey, "seal"> };
  outcome: SendOutcome;
  outcomeClass: string;
  decision: Decision;
  startedAtMs: number;
  durationMs: number;
  /** As `name: value` lines, secrets masked. */
  requestHeaders: string;
  /** What happened before the outcome, in words; null when nothing worth a word did. */
  note: string | null;
}

/** An attempt as it is written down: response bodies sealed, secrets that came back masked. */
export function attemptRecord(attempt: FinishedAttempt): AttemptRecord {
  const { attemptId, delivery, target, outcome, decision } = attempt;
  const response = outcome.kind === "response" ? outcome : null;
  return {
    attemptId,
    deliveryId: delivery.id,
    organizationId: delivery.organizationId,
    leaseToken: delivery.leaseToken,
    attempt: delivery.attempt,
    retries: decision.step === "retry" ? decision.retries : delivery.retries,
    outcome: attempt.outcomeClass,
    httpStatus: response?.status ?? null,
    durationMs: attempt.durationMs,
    error: errorOf(outcome, attempt.note),
    requestHeaders: attempt.requestHeaders,
    responseHeaders:
      response &&
      withoutSecrets(headerLines(Object.entries(response.headers).flat()), target.headers.secrets),
    responseBody: response?.body.length ? target.dataKey.seal(`attempts:${attemptId}`, response.body) : null,
    nextStep: decision.step,
    reason: decision.reason,
    delayMs: decision.step === "retry" ? decision.delayMs : null,
    startedAtMs: attempt.startedAtMs,
  };
}

function errorOf(outcome: SendOutcome, note: string | null): string | null {
  const detail = "detail" in outcome ? outcome.detail : null;
  if (detail === null || note === null) return detail ?? note;
  return `${detail}; ${note}`;
}
