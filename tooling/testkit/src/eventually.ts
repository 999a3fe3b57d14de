import { setTimeout as delay } from "node:timers/promises";

/** How long and how often {@link eventually} looks; `description` names the awaited thing in the error. */
export type EventuallyOptions = { timeoutMs?: number; intervalMs?: number; description?: string };

// What takes longer is looked at less often: a tenth of the time waited so far, within these.
const intervalMinMs = 10;
const intervalMaxMs = 100;

type Falsy = false | null | undefined | 0 | "";

/**
 * Repeats `check` until it returns something truthy, and returns that. A throw counts as "not yet",
 * so assertions can be used inside.
 * Defaults: `timeoutMs` 60,000 (a busy machine makes a test slow, not wrong); `intervalMs` 10 at first, and up to 100 the
 * longer it waits. At the deadline it throws, with the last error as `cause`; a check that is still running then does not hold the caller up.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 60_000, intervalMs, description = "the condition" }: EventuallyOptions = {},
): Promise<Exclude<T, Falsy>> {
  const startedAtMs = performance.now();
  const deadlineMs = startedAtMs + timeoutMs;
  let lastError: unknown;
  let lastValue: unknown;
  while (true) {
    const outcome = await raceDeadline(check, deadlineMs);
    if (outcome.kind === "value" && outcome.value) return outcome.value as Exclude<T, Falsy>;
    if (outcome.kind === "value") {
      lastValue = outcome.value;
      lastError = undefined;
    }
    if (outcome.kind === "error") lastError = outcome.error;
    const waitedMs = performance.now() - startedAtMs;
    const pauseMs = intervalMs ?? Math.min(intervalMaxMs, Math.max(intervalMinMs, waitedMs / 10));
    if (outcome.kind === "late" || waitedMs + pauseMs > timeoutMs) break;
    await delay(pauseMs);
  }
  const seen =
    lastError === undefined ? `last value: ${String(lastValue)}` : `last error: ${messageOf(lastError)}`;
  throw new Error(`Waited ${timeoutMs} ms for ${description}; ${seen}`, { cause: lastError });
}

type Outcome<T> = { kind: "value"; value: T } | { kind: "error"; error: unknown } | { kind: "late" };

async function raceDeadline<T>(check: () => T | Promise<T>, deadlineMs: number): Promise<Outcome<T>> {
  const stopWaiting = new AbortController();
  const late = delay(Math.max(1, deadlineMs - performance.now()), { kind: "late" } as const, {
    signal: stopWaiting.signal,
  }).catch(() => ({ kind: "late" }) as const);
  const ran = (async (): Promise<Outcome<T>> => {
    try {
      return { kind: "value", value: await check() };
    } catch (error) {
      return { kind: "error", error };
    }
  })();
  try {
    return await Promise.race([ran, late]);
  } finally {
    stopWaiting.abort();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
