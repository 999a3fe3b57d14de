import type { Logger, LogLevel } from "@carewire/service-kit";
import type { AttemptListener } from "./conclude.ts";
import type { ClaimedDelivery } from "./store/claim.ts";

/** Field names of the line that a logger must be told to let through. */
export const attemptLogFields: readonly string[] = [
  "next_step",
  "retry_in_ms",
  "trigger",
  "breaker",
  "trace_id",
];

/**
 * Writes one line per attempt: ids, outcome, status, duration and what follows. Never an address, header or body.
 * Returns null when the level leaves such lines out, so that nothing is built for them.
 */
export function createAttemptLog(deps: {
  logger: Pick<Logger, "info">;
  level: LogLevel;
}): AttemptListener | null {
  if (deps.level !== "info" && deps.level !== "debug") return null;
  return (record, delivery, { breaker, traceparent }) =>
    deps.logger.info(
      {
        organization_id: record.organizationId,
        event_id: delivery.eventId,
        subscription_id: delivery.subscriptionId,
        delivery_id: record.deliveryId,
        attempt: record.attempt,
        lane: delivery.lane,
        trigger: triggerOf(delivery),
        breaker,
        trace_id: traceparent?.split("-")[1] ?? null,
        outcome: record.outcome,
        status: record.httpStatus,
        duration_ms: Math.round(record.durationMs),
        next_step: record.nextStep,
        retry_in_ms: record.delayMs,
        reason: record.reason,
      },
      "attempt",
    );
}

/** `single`: an event's own delivery, or one that somebody replayed by hand. */
function triggerOf({ probe, lane }: ClaimedDelivery): string {
  if (probe) return "ping";
  return lane === 2 ? "bulk_replay" : "single";
}
