/** What a receiver answered, or why it did not. */
export type FakeOutcome =
  | { kind: "answered"; status: number; headers: Headers; body: string }
  | { kind: "timeout" }
  | { kind: "failed"; error: unknown };

/** What follows an attempt; `reason` in words. */
export type NextStep =
  | { step: "delivered"; reason: string; disables: boolean }
  | { step: "retry"; waitMs: number; usesRetry: boolean; reason: string }
  | { step: "failed"; reason: string; disables: boolean };

export interface RetryRules {
  successCodes: "2xx" | "200";
  /** Waiting before each retry, in milliseconds; as many retries as there are entries. */
  retryDelaysMs: readonly number[];
  /** What a longer `Retry-After` is shortened to, in milliseconds. */
  retryAfterMsMax: number;
}

/** Attempts after which even a `Retry-After` uses up retries, so that every delivery ends. */
const throttledAttemptsMax = 100;

/** Decides as the real dispatcher does, on a schedule for tests. `retries`: how many were used up before. */
export function decideNext(
  outcome: FakeOutcome,
  { attempt, retries }: { attempt: number; retries: number },
  rules: RetryRules,
): NextStep {
  if (outcome.kind !== "answered") return retryOrFail(describe(outcome), retries, rules);
  const { status, headers } = outcome;
  const wishes = (headers.get("webhook-delivery") ?? "").split(",").map((wish) => wish.trim().toLowerCase());
  const disables = wishes.includes("disable");
  const reason = `answered ${status}`;
  const isGood = rules.successCodes === "200" ? status === 200 : status >= 200 && status <= 299;
  if (isGood) return { step: "delivered", reason, disables };
  if (status === 410) return { step: "failed", reason: `${reason}: no more deliveries`, disables: true };
  if (disables) return { step: "failed", reason: `${reason} with webhook-delivery: disable`, disables };
  if (wishes.includes("abort-message")) {
    return { step: "failed", reason: `${reason} with webhook-delivery: abort-message`, disables: false };
  }
  const askedMs = status === 429 || status === 503 ? retryAfterMs(headers.get("retry-after")) : null;
  if (askedMs !== null && attempt < throttledAttemptsMax) {
    const waitMs = Math.min(askedMs, rules.retryAfterMsMax);
    return { step: "retry", waitMs, usesRetry: false, reason: `${reason} with Retry-After` };
  }
  return retryOrFail(reason, retries, rules);
}

function describe(outcome: FakeOutcome): string {
  return outcome.kind === "timeout" ? "no answer in time" : "the connection failed, or the handler threw";
}

function retryAfterMs(value: string | null): number | null {
  if (value === null) return null;
  if (/^\d{1,10}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now());
}

function retryOrFail(reason: string, retries: number, { retryDelaysMs }: RetryRules): NextStep {
  const waitMs = retryDelaysMs[retries];
  if (waitMs !== undefined) return { step: "retry", waitMs, usesRetry: true, reason };
  return {
    step: "failed",
    reason: `${reason}; all ${retryDelaysMs.length} retries are used up`,
    disables: false,
  };
}
