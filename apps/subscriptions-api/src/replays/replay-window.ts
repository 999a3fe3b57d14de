import { replayWindowDaysMax } from "@carewire/contracts";
import type { ProblemItem } from "@carewire/service-kit";

/** From when until when a replay looks, Unix milliseconds; or what is wrong with what was asked for. */
export type ReplayWindow =
  | { ok: true; sinceMs: number; untilMs: number }
  | { ok: false; errors: ProblemItem[] };

const dayMs = 86_400_000;

const wrong = (path: string, message: string): ReplayWindow => ({
  ok: false,
  errors: [{ path, message, code: "invalid_window" }],
});

/**
 * The window a caller asked for, its end no later than now: what a job makes itself lies behind it. `prefix` is where
 * the two times stand in the body.
 */
export function replayWindow(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  nowMs: number,
  prefix = "",
): ReplayWindow {
  const untilMs = Math.min(until === undefined ? nowMs : Date.parse(until), nowMs);
  const sinceMs = since === undefined ? untilMs - replayWindowDaysMax * dayMs : Date.parse(since);
  if (sinceMs >= untilMs) return wrong(`${prefix}since`, "must lie before until, and in the past");
  if (untilMs - sinceMs > replayWindowDaysMax * dayMs) {
    return wrong(
      `${prefix}since`,
      `must lie within ${replayWindowDaysMax} days before until; replay older ones with an until of their own`,
    );
  }
  return { ok: true, sinceMs, untilMs };
}
