import type { Sql } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { type ClaimedDelivery, claimDeliveries } from "../consume/claim-deliveries.ts";
import type { ConsumerHandler, SettledAttempt } from "../consume/consume-options.ts";
import { processDelivery } from "../consume/process-delivery.ts";
import { createPublisher } from "../publish.ts";
import type { Vault } from "../vault.ts";

type Payload = Record<string, unknown>;

/** What one consumer is, whoever works for it. */
export interface SteppedConsumer {
  id: string;
  name: string;
  topics: string[];
  handler: ConsumerHandler<Payload>;
}

/** A process of a consumer whose steps a test takes one by one: between any two of them others may take theirs. */
export interface SteppedWorker {
  claim(slots: number): Promise<void>;
  /** Handles everything claimed, at the same time. */
  work(): Promise<SettledAttempt["outcome"][]>;
  /** Forgets what was claimed, as a process that is killed does. */
  vanish(): void;
}

/** Failing attempts are due again at once; no number of lost leases makes a dead letter. */
const policy = {
  attemptsMax: 4,
  suspectRunsMax: 10_000,
  backoff: { firstMs: 0, factor: 1, delayMsMax: 0, jitterRatio: 0 },
};

export function createSteppedWorker(sql: Sql, vault: Vault, consumer: SteppedConsumer): SteppedWorker {
  let claimed: ClaimedDelivery[] = [];
  const options = {
    sql,
    vault,
    publisher: createPublisher({ vault }),
    waker: { wake() {}, notifyConsumers() {}, close: async () => {} },
    clock: systemClock,
    random: Math.random,
    logger: { info() {}, warn() {}, error() {} },
    consumer: consumer.name,
    topics: consumer.topics,
    handler: consumer.handler,
    schemas: new Map(),
    policy,
    leaseSeconds: 60,
    handlerTimeoutMs: 30_000,
    failpoint() {},
  };
  return {
    async claim(slots) {
      const claim = { consumerId: consumer.id, slots, leaseSeconds: 60, suspect: true };
      claimed = [...claimed, ...(await claimDeliveries(sql, claim)).deliveries];
    },
    async work() {
      const mine = claimed;
      claimed = [];
      const processed = await Promise.all(mine.map((delivery) => processDelivery(options, delivery)));
      return processed.map(({ outcome }) => outcome);
    },
    vanish() {
      claimed = [];
    },
  };
}
