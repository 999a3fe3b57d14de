/** From when on open dead letters need somebody: this many, or one this old. */
export interface AlertRule {
  depthMax: number;
  ageSecondsMax: number;
}

/** How many dead letters are open, and since when the oldest of them. */
export interface Depth {
  depth: number;
  oldestAt: Date | null;
}

/** True when there are as many as the rule names, or the oldest is as old. */
export function isAlert({ depth, oldestAt }: Depth, rule: AlertRule, nowMs: number): boolean {
  if (oldestAt === null) return false;
  return depth >= rule.depthMax || nowMs - oldestAt.getTime() >= rule.ageSecondsMax * 1_000;
}
