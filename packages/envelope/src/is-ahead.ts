const aheadMsMax = 86_400_000;

/**
 * Whether a moment (RFC 3339) lies more than a day ahead of now (Unix milliseconds). Clocks differ; what is said to have
 * happened later than that did not, and would outrank every correction.
 */
export function isAhead(moment: string, nowMs: number): boolean {
  return Date.parse(moment) > nowMs + aheadMsMax;
}
