import { topics as catalogTopics } from "@carewire/envelope";
import type { z } from "zod";
import { type ClaimedDelivery, claimDeliveries } from "./consume/claim-deliveries.ts";
import type { ConsumeOptions, Consumption } from "./consume/consume-options.ts";
import { createRegistration, type Registration } from "./consume/create-registration.ts";
import { defaultConsumerBackoff } from "./consume/decide-consumer-outcome.ts";
import { listenForWakeups } from "./consume/listen-for-wakeups.ts";
import { type ProcessorOptions, processDelivery } from "./consume/process-delivery.ts";
import { unknownTopic } from "./consume/record-failure.ts";
import { createWorkSignal } from "./consume/work-signal.ts";

const databaseRetryMsMax = 3_000;
/** Retries due within this time are waited for exactly; later ones are found by polling. */
const timedRetryMsMax = 60_000;

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
  const signal = createWorkSignal();
  const running = new Set<Promise<void>>();
  let stopping = false;
  let moreMayBeDue = false;
  let retryAtMs = Number.POSITIVE_INFINITY;

  function start(delivery: ClaimedDelivery): void {
    const startedAtMs = clock.now();
    const work = processDelivery(processor, delivery).then(({ outcome, retryDelayMs }) => {
      running.delete(work);
      const nowMs = clock.now();
      const timed = retryDelayMs !== null && retryDelayMs <= timedRetryMsMax;
      if (timed) retryAtMs = Math.min(retryAtMs, nowMs + retryDelayMs);
      if (timed || moreMayBeDue) signal.raise();
      const durationMs = Math.round(nowMs - startedAtMs);
      options.observe?.({ consumer, topic: delivery.topic ?? unknownTopic, outcome, durationMs });
    });
    running.add(work);
  }

  async function claim(consumerId: string): Promise<void> {
    const slots = concurrency - running.size;
    // Full again before the answer came back, or never free: the next delivery to end looks again.
    moreMayBeDue = true;
    if (slots === 0) return;
    const claimed = await claimDeliveries(sql, { consumerId, slots, leaseSeconds: processor.leaseSeconds });
    moreMayBeDue = claimed.length === slots;
    for (const delivery of claimed) start(delivery);
  }

  /** How long to sleep when nothing calls: until the next poll or timed retry. */
  function sleepMs(): number {
    const untilPollMs = pollMs * (0.5 + random());
    const untilRetryMs = Math.max(0, retryAtMs - clock.now());
    if (untilRetryMs > untilPollMs) return untilPollMs;
    retryAtMs = Number.POSITIVE_INFINITY;
    return untilRetryMs;
  }

  async function work(registration: Registration): Promise<void> {
    for (let failures = 0; !stopping; ) {
      try {
        await claim(await registration.keep());
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1)
          logger.warn({ consumer, err: error }, "claiming failed; trying again until it works");
      }
      const retryMs = Math.min(databaseRetryMsMax, 50 * 2 ** failures) * (0.5 + random() / 2);
      await signal.wait(failures > 0 ? retryMs : sleepMs());
    }
  }

  const registration = createRegistration({ sql, clock, name: consumer, topics: options.topics });
  const stopListening = listenForWakeups(options.listen, "consumers", signal.raise);
  const loop = work(registration);
  return {
    registered: registration.registered,
    inFlight: () => running.size,
    async stop() {
      stopping = true;
      signal.raise();
      const finished = Promise.all([loop.then(() => Promise.all(running)), stopListening()]);
      await atMost(options.drainTimeoutMs ?? 8_000, finished);
    },
  };
}

/** Fills in the defaults; throws on a combination that cannot work. */
function processorOptions<Payload extends Record<string, unknown>>(
  options: ConsumeOptions<Payload>,
): ProcessorOptions<Payload> {
  const { leaseSeconds = 60, handlerTimeoutMs = 30_000, attemptsMax = 5, consumer } = options;
  if (handlerTimeoutMs >= leaseSeconds * 1_000) {
    throw new Error(`consumer ${consumer}: handlerTimeoutMs must be shorter than leaseSeconds`);
  }
  return {
    ...options,
    // The catalog's schemas accept any object; a caller that wants a narrower payload type passes its own.
    schemas: options.schemas ?? (catalogSchemas() as ReadonlyMap<string, z.ZodType<Payload>>),
    policy: { attemptsMax, backoff: options.backoff ?? defaultConsumerBackoff },
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
