import type { Sql } from "@carewire/db";
import { type Claim, type ClaimedDelivery, claimDeliveries } from "./claim-deliveries.ts";
import type { ConsumerLogger } from "./consume-options.ts";
import type { Registration } from "./create-registration.ts";
import type { LookTimer } from "./look-timer.ts";
import type { SuspectTurn } from "./suspect-turn.ts";
import type { WorkSignal } from "./work-signal.ts";
import type { WorkSlots } from "./work-slots.ts";

const databaseRetryMsMax = 3_000;

export interface ClaimLoopOptions {
  sql: Sql;
  consumer: string;
  leaseSeconds: number;
  registration: Registration;
  slots: WorkSlots<ClaimedDelivery>;
  signal: WorkSignal;
  turn: SuspectTurn;
  timer: LookTimer;
  random(): number;
  logger: ConsumerLogger;
}

export interface ClaimLoop {
  /** Claims until `stop`; resolves after the last claim. Never rejects: it tries again until the database answers. */
  run(): Promise<void>;
  /** To be called when a slot came free: looks again if the last claim may have left something. */
  slotFreed(): void;
  stop(): void;
}

/** Fills free slots with due deliveries, whenever the signal or the timer says so. */
export function createClaimLoop(options: ClaimLoopOptions): ClaimLoop {
  const { sql, consumer, leaseSeconds, registration, slots, signal, timer, turn, random, logger } = options;
  let stopping = false;
  let moreMayBeDue = false;
  let failures = 0;

  async function claim(): Promise<void> {
    const consumerId = await registration.keep();
    const offered = slots.free();
    // Until the answer says otherwise: a slot may come free while the claim that did not count it is under way.
    moreMayBeDue = true;
    if (stopping || offered === 0) return;
    const claimed = await claimInTurn(consumerId, offered);
    moreMayBeDue = claimed.more;
    slots.fill(claimed.deliveries);
    // What was only set aside left the slots free: nobody's end would lead to the next look.
    if (claimed.more && slots.free() > 0) signal.raise();
  }

  /** The turn belongs to the suspect that was claimed, until it is handled; see `consume`. */
  async function claimInTurn(consumerId: string, offered: number): Promise<Claim> {
    const suspect = turn.take();
    let isKept = false;
    try {
      const claimed = await claimDeliveries(sql, { consumerId, slots: offered, leaseSeconds, suspect });
      isKept = claimed.deliveries.some(({ suspectRuns }) => suspectRuns !== null);
      return claimed;
    } finally {
      if (suspect && !isKept) turn.giveBack();
    }
  }

  async function look(): Promise<number> {
    try {
      await claim();
      if (failures > 0) logger.info({ consumer }, "claiming works again");
      failures = 0;
      return timer.sleepMs();
    } catch (error) {
      failures += 1;
      if (failures === 1)
        logger.warn({ consumer, err: error }, "claiming failed; trying again until it works");
      return Math.min(databaseRetryMsMax, 50 * 2 ** failures) * (0.5 + random() / 2);
    }
  }

  return {
    async run() {
      while (!stopping) await signal.wait(await look());
    },
    slotFreed() {
      if (moreMayBeDue) signal.raise();
    },
    stop() {
      stopping = true;
      signal.raise();
    },
  };
}
