import { CliError, exitCodes } from "../exit-codes.ts";

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as the API takes it: RFC 3339, or how long ago (`30m`, `2h`, `7d`). */
export function momentOf(given: string, nowMs: number, option: string): string {
  const ago = /^(\d{1,6})([smhd])$/.exec(given);
  if (ago !== null) return new Date(nowMs - Number(ago[1]) * (unitMs[ago[2] ?? "s"] ?? 0)).toISOString();
  const parsedMs = Date.parse(given);
  if (Number.isNaN(parsedMs)) {
    throw new CliError(
      `${option} ${given}: give a time such as 2026-01-31T12:00:00Z, or how long ago: 30m, 2h, 7d`,
      exitCodes.usage,
    );
  }
  return new Date(parsedMs).toISOString();
}
