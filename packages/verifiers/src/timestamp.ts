import { type Refusal, refuse } from "./verdict.ts";

/**
 * Reads a Unix timestamp in seconds and checks that it lies within `toleranceSeconds` of `nowMs`, in both
 * directions: a far-future timestamp would make a captured request replayable until then.
 */
export function checkTimestamp(
  text: string,
  nowMs: number,
  toleranceSeconds: number,
): { ok: true; seconds: number } | Refusal {
  // parseInt and Number would take "1767225600abc", " 1", ".9" or "1e9".
  if (!/^\d{9,11}$/.test(text)) return refuse("timestamp_invalid");
  const seconds = Number(text);
  const ageSeconds = Math.floor(nowMs / 1000) - seconds;
  if (ageSeconds < -toleranceSeconds) return refuse("timestamp_in_future");
  // Written so that a NaN on either side refuses instead of switching the check off.
  if (!(ageSeconds <= toleranceSeconds)) return refuse("timestamp_too_old");
  return { ok: true, seconds };
}
