import {
  type Exchange,
  type ExchangeLimits,
  exchange,
  type HttpAnswer,
  type HttpRequest,
} from "./exchange.ts";
import type { HttpTools } from "./http-tools.ts";
import { parseRetryAfterMs, type RetryPolicy, retryDelayMs } from "./retry-delay.ts";

/**
 * What may be sent again: `always` when doing it twice is doing it once; `unless_done` when a request that got no clear
 * answer may have been done already, so that only a 429 is safe.
 */
export type Repeatable = "always" | "unless_done";

export interface SendOptions extends RetryPolicy, ExchangeLimits {
  repeatable: Repeatable;
  signal?: AbortSignal | undefined;
}

/** What the last try brought, how many there were, and whether any of them may have had its effect unseen. */
export type Sent = Exchange & { tries: number; retryAfterMs: number | null; isInDoubt: boolean };

const isBusy = (exchange: Exchange): boolean =>
  exchange.kind === "answered" && (exchange.answer.status === 429 || exchange.answer.status >= 500);

/** True when a request may have had its effect although the answer does not say so. */
const leavesDoubt = (exchange: Exchange): boolean =>
  exchange.kind !== "answered" || exchange.answer.status >= 500;

function maySendAgain(exchange: Exchange, repeatable: Repeatable): boolean {
  if (exchange.kind === "too_large") return false;
  if (exchange.kind === "answered" && !isBusy(exchange)) return false;
  return repeatable === "always" || !leavesDoubt(exchange);
}

const retryAfterOf = (answer: HttpAnswer, nowMs: number): number | null =>
  parseRetryAfterMs(answer.headers.get("retry-after"), nowMs);

/** Sends a request, and again after a network failure, a timeout, 429 or 5xx. Rejects with the signal's reason only. */
export async function sendWithRetries(
  { fetch, random, now, sleep }: Required<HttpTools>,
  request: HttpRequest,
  { repeatable, signal, ...limits }: SendOptions,
): Promise<Sent> {
  let isInDoubt = false;
  for (let tries = 1; ; tries++) {
    const result = await exchange(fetch, request, limits, signal);
    const retryAfterMs = result.kind === "answered" ? retryAfterOf(result.answer, now()) : null;
    const sent = { ...result, tries, retryAfterMs, isInDoubt };
    if (tries >= limits.triesMax || !maySendAgain(result, repeatable)) return sent;
    const delayMs = retryDelayMs(tries, retryAfterMs, limits, random());
    if (delayMs === null) return sent;
    isInDoubt ||= leavesDoubt(result);
    await sleep(delayMs, signal);
  }
}
