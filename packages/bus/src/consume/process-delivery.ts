import { envelopeSchema, newId } from "@carewire/envelope";
import type { z } from "zod";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import type { ConsumedEnvelope, ConsumeOptions } from "./consume-options.ts";
import { type ConsumerFailure, decideConsumerOutcome, type RetryPolicy } from "./decide-consumer-outcome.ts";
import { isConnectionLoss } from "./is-connection-loss.ts";
import { readPayload } from "./read-payload.ts";
import { type ProcessedDelivery, recordFailure, unknownTopic } from "./record-failure.ts";
import { type HandlerResult, runHandler } from "./run-handler.ts";
import { scrubError } from "./scrub-error.ts";
import { sealedUnder } from "./sealed-under.ts";

export interface ProcessorOptions<Payload extends Record<string, unknown>>
  extends Pick<
    ConsumeOptions<Payload>,
    | "sql"
    | "vault"
    | "publisher"
    | "waker"
    | "clock"
    | "random"
    | "logger"
    | "consumer"
    | "topics"
    | "handler"
  > {
  schemas: ReadonlyMap<string, z.ZodType<Payload>>;
  policy: RetryPolicy;
  leaseSeconds: number;
  handlerTimeoutMs: number;
  failpoint(name: string): void;
}

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
      const decision = decideConsumerOutcome(result, delivery.failures + 1, policy, options.random());
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
  const { suspectRuns } = delivery;
  if (suspectRuns !== null && suspectRuns > policy.suspectRunsMax) {
    return { kind: "poison", suspectRuns: policy.suspectRunsMax };
  }
  const body = await openPayload(options, delivery);
  if (!Buffer.isBuffer(body)) return body;
  const topic = delivery.topic ?? unknownTopic;
  if (!options.topics.includes(topic)) return { kind: "unknown_topic" };
  const read = readPayload(body, options.schemas.get(topic));
  if (read.kind !== "payload") return read;
  return runHandler(options, delivery, {
    envelope: toEnvelope(delivery, topic, read.payload),
    payloadBytes: body,
  });
}

const expired = {
  kind: "expired",
  error: "Failed to read payload: the event is not kept any more",
} as const;

/** The payload's bytes, or why they cannot be had. */
async function openPayload<Payload extends Record<string, unknown>>(
  { vault }: ProcessorOptions<Payload>,
  delivery: ClaimedDelivery,
): Promise<Buffer | ConsumerFailure> {
  if (delivery.topic === null || delivery.sealedBody === null) {
    return expired;
  }
  try {
    const dataKey = await vault.dataKey(delivery.organizationId);
    const body = dataKey.open(sealedUnder(delivery), delivery.sealedBody);
    // What a dead letter keeps of a payload that was erased, or never opened.
    return body.byteLength > 0 || delivery.sealedSource !== "dead_letter" ? body : expired;
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
