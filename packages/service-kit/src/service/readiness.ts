import { createSingleFlight } from "../cache/single-flight.ts";

/** A named condition a service needs; resolves when it holds, throws when it does not. */
export type ReadinessCheck = () => Promise<void>;

/** Runs the checks; resolves with the names of those that failed or took too long, empty when ready. */
export interface Readiness {
  failing(): Promise<string[]>;
}

function withinTime(check: ReadinessCheck, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const settle = (ok: boolean) => {
      clearTimeout(timer);
      resolve(ok);
    };
    Promise.resolve()
      .then(check)
      .then(
        () => settle(true),
        () => settle(false),
      );
  });
}

/**
 * Combines readiness checks. All run at once, each for at most `timeoutMs`; callers that ask meanwhile share the run,
 * so that a flood of probes costs one.
 */
export function createReadiness(checks: Record<string, ReadinessCheck>, timeoutMs: number): Readiness {
  const share = createSingleFlight<string[]>();
  const run = async (): Promise<string[]> => {
    const names = Object.keys(checks);
    const passed = await Promise.all(Object.values(checks).map((check) => withinTime(check, timeoutMs)));
    return names.filter((_name, index) => !passed[index]);
  };
  return { failing: () => share("all", run) };
}
