import type { Logger, LogLevel } from "@carewire/service-kit";
import type { ClaimedDelivery } from "./store/claim.ts";
import type { AttemptRecord } from "./store/record.ts";

/** Field names of the line that a logger must be told to let through. */
export const attemptLogFields: readonly string[] = ["next_step", "retry_in_ms"];

/**
 * Writes one line per attempt: ids, outcome, status, duration and what follows. Never an address, header or body.
 * Returns null when the level leaves such lines out, so that nothing is built for them.
 */
export function createAttemptLog(deps: {
  logger: Pick<Logger, "info">;
  level: LogLevel;
}): ((record: AttemptRecord, delivery: ClaimedDelivery) => void) | null {
  if (deps.level !== "info" && deps.level !== "debug") return null;
  return (record, delivery) =>
    deps.logger.info(
      {
        organization_id: record.organizationId,
        event_id: delivery.eventId,
        subscription_id: delivery.subscriptionId,
        delivery_id: record.deliveryId,
        attempt: record.attempt,
        lane: delivery.lane,
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
