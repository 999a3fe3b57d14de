import { setTimeout as delay } from "node:timers/promises";
import { envelopeSchema, newId } from "@carewire/envelope";
import type { z } from "zod";
import { deadLetterAad, payloadAad } from "../vault.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import type { ConsumedEnvelope, ConsumeOptions, SettledAttempt } from "./consume-options.ts";
import {
  type ConsumerDecision,
  type ConsumerFailure,
  decideConsumerOutcome,
  type RetryPolicy,
} from "./decide-consumer-outcome.ts";
import { type AttemptRecord, recordDeadLetter, recordRetry } from "./finish-delivery.ts";
import { isConnectionLoss } from "./is-connection-loss.ts";
import { readPayload } from "./read-payload.ts";
import { type HandlerResult, runHandler } from "./run-handler.ts";
import { scrubError } from "./scrub-error.ts";

export interface ProcessorOptions<Payload extends Record<string, unknown>>
  extends Pick<
    ConsumeOptions<Payload>,
    "sql" | "vault" | "publisher" | "waker" | "clock" | "random" | "logger" | "consumer" | "handler"
  > {
  schemas: ReadonlyMap<string, z.ZodType<Payload>>;
  policy: RetryPolicy;
  leaseSeconds: number;
  handlerTimeoutMs: number;
  failpoint(name: string): void;
}

/** How an attempt ended, and after how many milliseconds the delivery is due again, if it is. */
export interface ProcessedDelivery {
  outcome: SettledAttempt["outcome"];
  retryDelayMs: number | null;
}

/** Text in place of a topic that is not kept any more. */
export const unknownTopic = "unknown";

const recordDelayMsMax = 2_000;

/** Takes one claimed delivery to its next state. Never throws; what cannot be recorded comes back by its lease. */
export async function processDelivery<Payload extends Record<string, unknown>>(
  options: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
): Promise<ProcessedDelivery> {
  const { clock, policy, failpoint, waker } = options;
  failpoint("consume.after_claim");
  const startedAtMs = clock.now();
  const result = await handle(options, delivery);
  switch (result.kind) {
    case "delivered":
      if (result.published) waker.wake();
      return { outcome: "delivered", retryDelayMs: null };
    case "fenced_off":
      return { outcome: "fenced_off", retryDelayMs: null };
    default: {
      const decision = decideConsumerOutcome(result, delivery.attempt, policy, options.random());
      const durationMs = Math.round(clock.now() - startedAtMs);
      const attempt = { id: newId(clock.now()), startedAt: new Date(startedAtMs), durationMs };
      return recordFailure(options, delivery, attempt, decision);
    }
  }
}

async function handle<Payload extends Record<string, unknown>>(
  options: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
): Promise<HandlerResult> {
  const { policy } = options;
  if (delivery.takenOver && delivery.attempt > policy.attemptsMax) {
    return { kind: "abandoned", attemptsMax: policy.attemptsMax };
  }
  const body = await openPayload(options, delivery);
  if (!Buffer.isBuffer(body)) return body;
  const topic = delivery.topic ?? unknownTopic;
  const read = readPayload(body, options.schemas.get(topic));
  if (read.kind !== "payload") return read;
  return runHandler(options, delivery, toEnvelope(delivery, topic, read.payload));
}

/** The payload's bytes, or why they cannot be had. */
async function openPayload<Payload extends Record<string, unknown>>(
  { vault }: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
): Promise<Buffer | ConsumerFailure> {
  if (delivery.topic === null || delivery.sealedBody === null) {
    return { kind: "unreadable", error: "Failed to read payload: the event is not kept any more" };
  }
  try {
    const dataKey = await vault.dataKey(delivery.organizationId);
    return dataKey.open(payloadAad(delivery.eventId), delivery.sealedBody);
  } catch (error) {
    if (isConnectionLoss(error)) return { kind: "connection_lost", error: scrubError(error, null) };
    return {
      kind: "unreadable",
      error: "Failed to read payload: it does not open with the organization's key",
    };
  }
}

function toEnvelope<Payload>(
  delivery: ClaimedDelivery,
  topic: string,
  payload: Payload,
): ConsumedEnvelope<Payload> {
  const { externalId } = delivery;
  const external = envelopeSchema.shape.id.safeParse(externalId);
  return {
    id: external.success ? external.data : delivery.eventId,
    topic,
    timestamp: new Date(delivery.occurredAtMs).toISOString(),
    source_service: delivery.sourceService,
    payload,
  };
}

/** Records a failed attempt, trying again while the database is away and the lease lasts. */
async function recordFailure<Payload extends Record<string, unknown>>(
  options: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
  attempt: AttemptRecord,
  decision: ConsumerDecision,
): Promise<ProcessedDelivery> {
  const { clock, logger, consumer, leaseSeconds } = options;
  const leaseEndMs = attempt.startedAt.getTime() + leaseSeconds * 1_000;
  for (let tries = 1; ; tries++) {
    try {
      await recordDecision(options, delivery, attempt, decision);
      return {
        outcome: decision.step,
        retryDelayMs: decision.step === "retry" ? decision.delayMs : null,
      };
    } catch (error) {
      const delayMs = Math.min(recordDelayMsMax, 50 * 2 ** tries);
      if (isConnectionLoss(error) && clock.now() + delayMs < leaseEndMs) {
        await delay(delayMs);
        continue;
      }
      logger.error(
        { consumer, delivery_id: delivery.id, err: error },
        "an attempt's outcome could not be recorded",
      );
      return { outcome: "unrecorded", retryDelayMs: null };
    }
  }
}

async function recordDecision<Payload extends Record<string, unknown>>(
  options: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
  attempt: AttemptRecord,
  decision: ConsumerDecision,
): Promise<void> {
  const { sql, vault, clock, consumer } = options;
  if (decision.step === "retry") {
    await recordRetry(sql, delivery, attempt, decision);
    return;
  }
  const id = newId(clock.now());
  const dataKey = await vault.dataKey(delivery.organizationId);
  // What does not open cannot be kept readable either; the letter then says why and carries nothing.
  const readable = decision.cause !== "unreadable" && delivery.sealedBody !== null;
  const body = readable ? dataKey.open(payloadAad(delivery.eventId), delivery.sealedBody!) : Buffer.alloc(0);
  const sealedPayload = dataKey.seal(deadLetterAad(id), body);
  const topic = delivery.topic ?? unknownTopic;
  await recordDeadLetter(sql, delivery, attempt, decision, { id, consumer, topic, sealedPayload });
}
