import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { RecordedRequest } from "./recorded-request.ts";

/**
 * What the receiver does with a request: answer (default: status 200, no body, at once), `hang` without ever
 * answering, or `destroy` the socket. `delayMs` waits first.
 */
export type Answer =
  | { status?: number; headers?: OutgoingHttpHeaders; body?: string | Uint8Array; delayMs?: number }
  | { hang: true }
  | { destroy: true; delayMs?: number };

/** An answer for every request, or a function that picks one per request. */
export type AnswerScript = Answer | ((request: RecordedRequest) => Answer | Promise<Answer>);

/** Plays one answer. Returns early, without answering, when `closing` aborts. */
export async function playAnswer(
  answer: Answer,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  if ("hang" in answer) return;
  if (answer.delayMs) {
    const waited = await delay(answer.delayMs, true, { signal: closing }).catch(() => false);
    if (!waited) return;
  }
  if ("destroy" in answer) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status ?? 200, answer.headers);
  response.end(answer.body);
}
