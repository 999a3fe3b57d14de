import type { RefusalCause } from "./handler-refusal.ts";

/** Why a delivery to a consumer did not take effect. */
export type ConsumerFailure =
  /** The payload is not JSON text of an object. */
  | { kind: "malformed"; error: string }
  /** The payload lacks what its topic promises. */
  | { kind: "schema"; error: string }
  /** The event or its payload is not kept any more. */
  | { kind: "expired"; error: string }
  /** The payload does not open. Maybe not yet: a new data key reaches every process within a minute. */
  | { kind: "unreadable"; error: string }
  /** Another version of this consumer asked for the topic, this one does not know it: during a deploy, or after. */
  | { kind: "unknown_topic" }
  /** The handler says that somebody has to act first. */
  | { kind: "refused"; cause: RefusalCause; error: string }
  | { kind: "handler_threw"; error: string }
  | { kind: "handler_timed_out"; timeoutMs: number }
  /** The database went away: nobody's fault, so it never ends a delivery. */
  | { kind: "connection_lost"; error: string }
  /** Its process ended, however often it was the only suspect at work: the message is taken to be why. */
  | { kind: "poison"; suspectRuns: number };

/** What a dead letter says about its origin. */
type DeadLetterCause =
  | "malformed"
  | "schema"
  | "expired"
  | "unreadable"
  | "handler"
  | "poison"
  | RefusalCause;

/** What an attempt that did not succeed is recorded as. */
type FailedAttemptOutcome = Exclude<DeadLetterCause, "handler"> | "error" | "timeout";

interface FailedAttempt {
  outcome: FailedAttemptOutcome;
  /** What went wrong, free of payload values. */
  error: string;
  /** Why the next step is what it is. */
  reason: string;
}

export type ConsumerDecision =
  | (FailedAttempt & { step: "retry"; delayMs: number; countsAsFailure: boolean })
  | (FailedAttempt & { step: "dead_letter"; cause: DeadLetterCause });

/** Delay before retry n: `firstMs * factor^(n-1)`, at most `delayMsMax`, moved by up to ± `jitterRatio` of itself. */
export interface ConsumerBackoff {
  firstMs: number;
  factor: number;
  delayMsMax: number;
  jitterRatio: number;
}

/** 1 s, 5 s, 25 s, 2 min, then at most every 10 min, each ± 20 %. */
export const defaultConsumerBackoff: ConsumerBackoff = {
  firstMs: 1_000,
  factor: 5,
  delayMsMax: 600_000,
  jitterRatio: 0.2,
};

export interface RetryPolicy {
  attemptsMax: number;
  suspectRunsMax: number;
  backoff: ConsumerBackoff;
}

/** The delay after failed attempt `attempt` (1 = the first), whole milliseconds. `random` is in [0, 1). */
export function consumerRetryDelayMs(attempt: number, backoff: ConsumerBackoff, random: number): number {
  const plainMs = Math.min(backoff.delayMsMax, backoff.firstMs * backoff.factor ** (attempt - 1));
  return Math.round(plainMs * (1 + backoff.jitterRatio * (2 * random - 1)));
}

/**
 * What happens to a delivery whose attempt failed: try again after a while, or a dead letter. Payloads that cannot be
 * understood are dead letters at once, since they will not get better; everything else may fail `attemptsMax` times.
 * `failures` counts this one; attempts that were lost, or ended with the database, are not among them.
 */
export function decideConsumerOutcome(
  failure: ConsumerFailure,
  failures: number,
  policy: RetryPolicy,
  random: number,
): ConsumerDecision {
  const retryOrBury = (failed: Failed): ConsumerDecision =>
    decideByFailures(failed, failures, policy, random);
  switch (failure.kind) {
    case "malformed":
    case "schema":
    case "expired":
      return bury(
        { cause: failure.kind, outcome: failure.kind, error: failure.error },
        "trying again would not help",
      );
    case "refused":
      return bury(
        { cause: failure.cause, outcome: failure.cause, error: failure.error },
        "trying again would not help before somebody acts",
      );
    case "unreadable":
      return retryOrBury({ cause: "unreadable", outcome: "unreadable", error: failure.error });
    case "unknown_topic": {
      const error = "this version of the consumer does not handle the topic";
      return retryOrBury({ cause: "handler", outcome: "error", error });
    }
    case "handler_threw":
      return retryOrBury({ cause: "handler", outcome: "error", error: failure.error });
    case "handler_timed_out": {
      const error = `the handler took longer than ${failure.timeoutMs} ms`;
      return retryOrBury({ cause: "handler", outcome: "timeout", error });
    }
    case "connection_lost": {
      const reason = "the database connection was lost; this does not count against the limit";
      // The first delay, also after many attempts: how long the database was away says nothing about the message.
      const delayMs = consumerRetryDelayMs(1, policy.backoff, random);
      const { error } = failure;
      return { step: "retry", delayMs, countsAsFailure: false, outcome: "error", error, reason };
    }
    case "poison": {
      const error = `its process ended ${failure.suspectRuns} times while no other suspect was at work; not tried again`;
      return bury({ cause: "poison", outcome: "poison", error }, "the message probably ends its process");
    }
  }
}

interface Failed {
  cause: DeadLetterCause;
  outcome: FailedAttemptOutcome;
  error: string;
}

const bury = (failed: Failed, reason: string): ConsumerDecision => ({
  step: "dead_letter",
  ...failed,
  reason,
});

function decideByFailures(
  failed: Failed,
  failures: number,
  policy: RetryPolicy,
  random: number,
): ConsumerDecision {
  const reason = `failure ${failures} of ${policy.attemptsMax}`;
  if (failures >= policy.attemptsMax) return bury(failed, reason);
  const { outcome, error } = failed;
  return {
    step: "retry",
    delayMs: consumerRetryDelayMs(failures, policy.backoff, random),
    countsAsFailure: true,
    outcome,
    error,
    reason,
  };
}
