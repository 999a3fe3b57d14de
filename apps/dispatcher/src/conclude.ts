import {
  type AttemptRecord,
  attemptRecord,
  type Decision,
  decide,
  decideProbe,
  exhaustedEvent,
  type FinishedAttempt,
  outcomeClass,
  type SendOutcome,
} from "@carewire/delivery";
import { type Clock, newId, timestampOfId } from "@carewire/envelope";
import type { Admission, Answer, Slot } from "./admission/admission.ts";
import type { DispatcherMetrics } from "./dispatcher-metrics.ts";
import { answerOf } from "./policy/answer-of.ts";
import type { Target } from "./send/targets.ts";
import type { ClaimedDelivery } from "./store/claim.ts";

/** See `ClaimedDelivery.lane`. */
const bulkReplayLane = 2;

export type AttemptListener = (
  record: AttemptRecord,
  delivery: ClaimedDelivery,
  /** `breaker`: its endpoint's circuit breaker after the attempt. */
  circumstances: { breaker: string; traceparent: string | null },
) => void;

export interface ConcluderDeps {
  clock: Clock;
  random(): number;
  admission: Admission;
  metrics: DispatcherMetrics;
  /** Takes the outcome off this module's hands; resolves when it is in the database. */
  record(record: AttemptRecord): Promise<void>;
  /** An outcome is in the database and its place free again. */
  onRecorded(): void;
  /** Told about every attempt as its outcome becomes known; null when nobody wants to know. */
  onAttempt: AttemptListener | null;
  /** A delivery that others of its subject wait for is finished. */
  freeLane(deliveryId: string): void;
  /** The endpoint asked for no more, when its subscription was of this version. */
  disable(subscriptionId: string, version: number, reason: string): void;
  /** Told how every attempt counts for its endpoint. */
  onAnswer(subscriptionId: string, answer: Answer, nowMs: number): void;
  /** The shard may have due work: now, or `delayMs` from now. */
  wakeShard(shard: number, delayMs: number): void;
  /** A mistake of ours met a delivery; it is tried again. */
  onError(where: string, error: unknown): void;
}

/** One delivery on its way. */
export interface Sending {
  delivery: ClaimedDelivery;
  slot: Slot;
  target: Target;
  startedAtMs: number;
  /** null: the event is gone. */
  eventType: string | null;
  /** The publisher's own id of the event. */
  externalId: string | null;
  traceparent: string | null;
}

/** `requestHeaders` as lines, secrets masked; `note` is what happened before the outcome, in words. */
export type Conclude = (
  sending: Sending,
  outcome: SendOutcome,
  durationMs: number,
  requestHeaders: string,
  note: string | null,
) => void;

/** Ends attempts: decides what follows, gives the slot back, and has it all written down. */
export function createConcluder(deps: ConcluderDeps): Conclude {
  const { clock, random, admission, metrics } = deps;

  const conclude: Conclude = (sending, outcome, durationMs, requestHeaders, note) => {
    let attempt: { finished: FinishedAttempt; record: AttemptRecord };
    try {
      attempt = finish(sending, outcome, durationMs, requestHeaders, note);
    } catch (error) {
      // Nothing is taken back or counted yet, so that the same can be done with an outcome that asks for less.
      deps.onError("conclude", error);
      attempt = finish(sending, { kind: "internal_error" }, durationMs, requestHeaders, note);
    }
    settle(sending, attempt.finished, attempt.record);
  };

  function finish(
    sending: Sending,
    outcome: SendOutcome,
    durationMs: number,
    requestHeaders: string,
    note: string | null,
  ): { finished: FinishedAttempt; record: AttemptRecord } {
    const { delivery, target, startedAtMs } = sending;
    const nowMs = clock.now();
    // Whatever failed, it shall not be able to fail again.
    const chance = outcome.kind === "internal_error" ? 0.5 : random();
    const finished = {
      attemptId: newId(nowMs),
      delivery,
      target,
      outcome,
      outcomeClass: outcomeClass(outcome),
      decision: delivery.probe
        ? decideProbe(outcome, target.policy)
        : decide(outcome, delivery, target.policy, nowMs, chance),
      startedAtMs,
      durationMs,
      requestHeaders,
      note,
    };
    const record = attemptRecord(finished);
    const announces = exhaustedEvent(sending, finished.decision, { sourceService: "dispatcher", nowMs });
    if (announces) record.announces = announces;
    return { finished, record };
  }

  function settle(
    { delivery, slot, target, traceparent }: Sending,
    { outcome, outcomeClass: class_, decision, durationMs }: FinishedAttempt,
    record: AttemptRecord,
  ): void {
    metrics.countAttempt(class_);
    metrics.attemptSeconds.observe(durationMs / 1_000);
    const nowMs = clock.now();
    if (decision.step === "delivered") observeDelivered(metrics, delivery, nowMs);
    const { answer, pauseMs } = answerOf(outcome, decision, delivery.probe, nowMs);
    deps.onAnswer(target.id, answer, nowMs);
    if (admission.answered(slot, answer, pauseMs)) deps.wakeShard(delivery.shard, 0);
    void deps.record(record).then(() => {
      admission.recorded();
      deps.onRecorded();
      if (decision.step === "retry") deps.wakeShard(delivery.shard, decision.delayMs);
      if (target.ordered && decision.step !== "retry") deps.freeLane(delivery.id);
      if (disablesEndpoint(decision)) deps.disable(target.id, target.version, decision.reason);
    });
    deps.onAttempt?.(record, delivery, { breaker: admission.breakerOf(target.id), traceparent });
  }

  return conclude;
}

/** From the moment we took the event, whatever its publisher says when it happened. Replays would say how old it is. */
function observeDelivered(
  metrics: DispatcherMetrics,
  { eventId, lane }: ClaimedDelivery,
  nowMs: number,
): void {
  if (lane !== bulkReplayLane) metrics.deliveredSeconds.observe((nowMs - timestampOfId(eventId)) / 1_000);
}

const disablesEndpoint = (decision: Decision): boolean =>
  decision.step === "disable" || (decision.step === "delivered" && decision.disables);
