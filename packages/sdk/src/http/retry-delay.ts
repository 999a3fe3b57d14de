/** How often and how fast a request is repeated. */
export interface RetryPolicy {
  /** Requests sent at most, the first included. */
  triesMax: number;
  /** Waiting before the first retry at most, in milliseconds; doubles with each further one. */
  backoffMs: number;
  /** Waiting before any retry at most, in milliseconds. */
  backoffMsMax: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; when more is asked for, it is not tried again. */
  retryAfterMsMax: number;
}

/**
 * How long to wait before retry number `retry` (1 = the first): anything up to the backoff ("full jitter", so that many
 * clients do not come back together), after what `Retry-After` asks for. Null: it asks for more than may be waited.
 */
export function retryDelayMs(
  retry: number,
  retryAfterMs: number | null,
  { backoffMs, backoffMsMax, retryAfterMsMax }: RetryPolicy,
  random: number,
): number | null {
  if (retryAfterMs !== null && retryAfterMs > retryAfterMsMax) return null;
  const ceilingMs = Math.min(backoffMsMax, backoffMs * 2 ** (retry - 1));
  return (retryAfterMs ?? 0) + Math.round(random * ceilingMs);
}

/** Reads a `Retry-After` (RFC 9110 §10.2.3: seconds or an HTTP date) as a delay from `nowMs`. Null when there is none. */
export function parseRetryAfterMs(value: string | null, nowMs: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
