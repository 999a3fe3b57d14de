import type { Answer } from "../admission/admission.ts";

/** What happened at one endpoint since it was last written down. Moments are Unix milliseconds. */
export interface HealthChange {
  subscriptionId: string;
  /** Its last success. */
  succeededAtMs: number | null;
  /** Failures after it (all of them, when there was none). */
  failures: number;
  firstFailureAtMs: number | null;
  lastFailureAtMs: number | null;
  /** Its circuit breaker opened, half opened or closed. */
  breakerMoved: boolean;
}

export interface HealthChanges {
  /** An attempt ended. Cheap for an endpoint that works: its successes are written down every few minutes only. */
  answered(subscriptionId: string, answer: Answer, nowMs: number): void;
  breakerMoved(subscriptionId: string): void;
  /** Takes at most so many changes, to be written down. */
  take(changesMax: number): HealthChange[];
  /** They were. */
  saved(changes: HealthChange[]): void;
  /** They could not be: they are taken again, together with what happened meanwhile. */
  putBack(changes: HealthChange[]): void;
  /** Something of the endpoint is not written down yet. */
  unsaved(subscriptionId: string): boolean;
}

/** A success is written down when it ends failures, when the endpoint is new here, and then this seldom. */
const quietMs = 300_000;

export function createHealthChanges(deps: { endpointsMax: number; random(): number }): HealthChanges {
  const { endpointsMax, random } = deps;
  const pending = new Map<string, HealthChange>();
  const saving = new Set<string>();
  /** Endpoints that worked when last written down, and until when nobody needs to hear of it again. */
  const quietUntilMs = new Map<string, number>();

  function pendingOf(subscriptionId: string): HealthChange {
    let change = pending.get(subscriptionId);
    if (!change) {
      change = unchanged(subscriptionId);
      pending.set(subscriptionId, change);
    }
    return change;
  }

  function succeeded(subscriptionId: string, nowMs: number): void {
    const quiet = quietUntilMs.get(subscriptionId);
    if (quiet !== undefined && nowMs < quiet) return;
    if (quietUntilMs.size >= endpointsMax) {
      const [oldest] = quietUntilMs.keys();
      if (oldest !== undefined) quietUntilMs.delete(oldest);
    }
    // Spread, so that endpoints that began together are not all written down together.
    quietUntilMs.delete(subscriptionId);
    quietUntilMs.set(subscriptionId, nowMs + quietMs * (1 + random()));
    const change = pendingOf(subscriptionId);
    change.succeededAtMs = nowMs;
    change.failures = 0;
    change.firstFailureAtMs = null;
  }

  function failed(subscriptionId: string, nowMs: number): void {
    quietUntilMs.delete(subscriptionId);
    const change = pendingOf(subscriptionId);
    change.failures++;
    change.firstFailureAtMs ??= nowMs;
    change.lastFailureAtMs = nowMs;
  }

  return {
    answered(subscriptionId, answer, nowMs) {
      if (answer === "succeeded") succeeded(subscriptionId, nowMs);
      else if (answer !== "not_sent") failed(subscriptionId, nowMs);
    },
    breakerMoved(subscriptionId) {
      pendingOf(subscriptionId).breakerMoved = true;
    },
    take(changesMax) {
      const taken: HealthChange[] = [];
      for (const [subscriptionId, change] of pending) {
        if (taken.length === changesMax) break;
        pending.delete(subscriptionId);
        saving.add(subscriptionId);
        taken.push(change);
      }
      return taken;
    },
    saved(changes) {
      for (const { subscriptionId } of changes) saving.delete(subscriptionId);
    },
    putBack(changes) {
      for (const change of changes) {
        saving.delete(change.subscriptionId);
        const newer = pending.get(change.subscriptionId);
        pending.set(change.subscriptionId, newer ? merge(change, newer) : change);
      }
    },
    unsaved: (subscriptionId) => pending.has(subscriptionId) || saving.has(subscriptionId),
  };
}

const unchanged = (subscriptionId: string): HealthChange => ({
  subscriptionId,
  succeededAtMs: null,
  failures: 0,
  firstFailureAtMs: null,
  lastFailureAtMs: null,
  breakerMoved: false,
});

function merge(older: HealthChange, newer: HealthChange): HealthChange {
  const lastFailureAtMs = newer.lastFailureAtMs ?? older.lastFailureAtMs;
  const breakerMoved = older.breakerMoved || newer.breakerMoved;
  if (newer.succeededAtMs !== null) return { ...newer, lastFailureAtMs, breakerMoved };
  return {
    ...older,
    failures: older.failures + newer.failures,
    firstFailureAtMs: older.firstFailureAtMs ?? newer.firstFailureAtMs,
    lastFailureAtMs,
    breakerMoved,
  };
}
