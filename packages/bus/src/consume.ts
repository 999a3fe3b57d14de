import { topics as catalogTopics } from "@carewire/envelope";
import type { z } from "zod";
import type { ClaimedDelivery } from "./consume/claim-deliveries.ts";
import { createClaimLoop } from "./consume/claim-loop.ts";
import type { ConsumeOptions, Consumption } from "./consume/consume-options.ts";
import { createRegistration } from "./consume/create-registration.ts";
import { defaultConsumerBackoff } from "./consume/decide-consumer-outcome.ts";
import { listenForWakeups } from "./consume/listen-for-wakeups.ts";
import { createLookTimer } from "./consume/look-timer.ts";
import { type ProcessorOptions, processDelivery } from "./consume/process-delivery.ts";
import { unknownTopic } from "./consume/record-failure.ts";
import { createSuspectTurn } from "./consume/suspect-turn.ts";
import { createWorkSignal } from "./consume/work-signal.ts";
import { createWorkSlots } from "./consume/work-slots.ts";

/**
 * Runs a named handler of topics until `stop`. Each event that matches takes effect exactly once, however often it is
 * announced and however many processes share the name: the handler's effect, what it publishes and the delivery's
 * outcome commit in one transaction under a fenced lease. A payload its topic's schema refuses becomes a dead letter at
 * once; a handler that throws is tried again with backoff, then becomes one too. Losing the database stops the work
 * until it is back, and nothing else.
 */
export function consume<Payload extends Record<string, unknown> = Record<string, unknown>>(
  options: ConsumeOptions<Payload>,
): Consumption {
  const { sql, clock, random, logger, consumer, concurrency = 8, pollMs = 1_000 } = options;
  const processor = processorOptions(options);
  const { leaseSeconds } = processor;
  const signal = createWorkSignal();
  const timer = createLookTimer({ clock, random, pollMs });
  const turn = options.suspectTurn ?? createSuspectTurn();
  const registration = createRegistration({ sql, clock, name: consumer, topics: options.topics });

  async function work(delivery: ClaimedDelivery): Promise<void> {
    const startedAtMs = clock.now();
    const { outcome, retryDelayMs } = await processDelivery(processor, delivery);
    if (delivery.suspectRuns !== null) {
      turn.giveBack();
      signal.raise();
    }
    if (retryDelayMs !== null && timer.retryIn(retryDelayMs)) signal.raise();
    const durationMs = Math.round(clock.now() - startedAtMs);
    options.observe?.({ consumer, topic: delivery.topic ?? unknownTopic, outcome, durationMs });
  }

  const slots = createWorkSlots(concurrency, work, () => loop.slotFreed());
  const loop = createClaimLoop({
    sql,
    consumer,
    leaseSeconds,
    registration,
    slots,
    signal,
    timer,
    turn,
    random,
    logger,
  });
  const stopListening = listenForWakeups(options.listen, "consumers", signal.raise);
  const claiming = loop.run();
  return {
    registered: registration.registered,
    inFlight: slots.inFlight,
    async stop() {
      loop.stop();
      const finished = Promise.all([claiming.then(slots.drained), stopListening()]);
      await atMost(options.drainTimeoutMs ?? 8_000, finished);
    },
  };
}

/** Fills in the defaults; throws on a combination that cannot work. */
function processorOptions<Payload extends Record<string, unknown>>(
  options: ConsumeOptions<Payload>,
): ProcessorOptions<Payload> {
  const {
    leaseSeconds = 60,
    handlerTimeoutMs = 30_000,
    attemptsMax = 5,
    suspectRunsMax = 3,
    consumer,
  } = options;
  if (handlerTimeoutMs >= leaseSeconds * 1_000) {
    throw new Error(`consumer ${consumer}: handlerTimeoutMs must be shorter than leaseSeconds`);
  }
  return {
    ...options,
    // The catalog's schemas accept any object; a caller that wants a narrower payload type passes its own.
    schemas: options.schemas ?? (catalogSchemas() as ReadonlyMap<string, z.ZodType<Payload>>),
    policy: { attemptsMax, suspectRunsMax, backoff: options.backoff ?? defaultConsumerBackoff },
    leaseSeconds,
    handlerTimeoutMs,
    failpoint: options.failpoint ?? (() => {}),
  };
}

function catalogSchemas(): ReadonlyMap<string, z.ZodType<Record<string, unknown>>> {
  return new Map([...catalogTopics].map(([topic, entry]) => [topic, entry.schema]));
}

async function atMost(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
