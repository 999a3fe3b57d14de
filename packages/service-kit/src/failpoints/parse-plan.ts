/** The only thing a failpoint does: SIGKILL its own process, as a crash of the machine would. */
type FailpointAction = "kill";

/** When a failpoint acts: at its `hit`-th passage, counted from 1. */
export interface PlannedFailure {
  action: FailpointAction;
  hit: number;
}

const stepPattern = /^([a-z][a-z0-9_.]*):(kill)(?:@([1-9]\d{0,6}))?$/;

/**
 * Parses a plan such as `after_commit:kill` or `after_send:kill@3,after_claim:kill`.
 * Throws on anything else: a test that misspells its plan must not pass.
 */
export function parseFailpointPlan(text: string): ReadonlyMap<string, PlannedFailure> {
  const plan = new Map<string, PlannedFailure>();
  for (const step of text.split(",").filter((part) => part !== "")) {
    const match = stepPattern.exec(step);
    if (match === null) throw new Error(`FAILPOINT: "${step}" is not <name>:kill or <name>:kill@<hit>`);
    plan.set(match[1]!, { action: "kill", hit: Number(match[3] ?? 1) });
  }
  return plan;
}
