const delayMsMin = 1_000;
const delayMsMax = 24 * 3_600_000;

/**
 * Reads a Retry-After header (RFC 9110 section 10.2.3: seconds or an HTTP date) as a delay from `nowMs`, clamped
 * to 1 s … 24 h. Returns null when there is none or it cannot be read.
 */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  const delayMs = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (Number.isNaN(delayMs) || !/^\d{1,10}$|^[A-Z][a-z]{2}, \d{2} /.test(text)) return null;
  return Math.min(Math.max(delayMs, delayMsMin), delayMsMax);
}
