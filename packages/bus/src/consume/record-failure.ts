import { setTimeout as delay } from "node:timers/promises";
import { newId } from "@carewire/envelope";
import { type DataKey, deadLetterAad, payloadAad, type Vault } from "../vault.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import type { ConsumeOptions, SettledAttempt } from "./consume-options.ts";
import type { ConsumerDecision } from "./decide-consumer-outcome.ts";
import { type AttemptRecord, recordDeadLetter, recordRetry } from "./finish-delivery.ts";
import { isConnectionLoss } from "./is-connection-loss.ts";

/** How an attempt ended, and after how many milliseconds the delivery is due again, if it is. */
export interface ProcessedDelivery {
  outcome: SettledAttempt["outcome"];
  retryDelayMs: number | null;
}

export type RecordOptions = Pick<ConsumeOptions, "sql" | "vault" | "clock" | "logger" | "consumer"> & {
  leaseSeconds: number;
};

/** Text in place of a topic that is not kept any more. */
export const unknownTopic = "unknown";

const recordDelayMsMax = 2_000;

/** Records a failed attempt, trying again while the database is away and the lease lasts. */
export async function recordFailure(
  options: RecordOptions,
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

async function recordDecision(
  options: RecordOptions,
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
  // A retry goes back to its letter, which keeps what it has.
  const sealedPayload = delivery.deadLetterId === null ? await sealForBurial(vault, id, delivery) : null;
  const topic = delivery.topic ?? unknownTopic;
  await recordDeadLetter(sql, delivery, attempt, decision, { id, consumer, topic, sealedPayload });
}

/** The payload to keep with a dead letter; null when its organization's key cannot be used, which must not keep it from being buried. */
async function sealForBurial(
  vault: Vault,
  letterId: string,
  delivery: ClaimedDelivery,
): Promise<Buffer | null> {
  try {
    const dataKey = await vault.dataKey(delivery.organizationId);
    return dataKey.seal(deadLetterAad(letterId), openForBurial(dataKey, delivery));
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    return null;
  }
}

/** One that does not open is kept empty: the letter's cause says why. */
function openForBurial(dataKey: DataKey, { eventId, sealedBody }: ClaimedDelivery): Buffer {
  try {
    return sealedBody === null ? Buffer.alloc(0) : dataKey.open(payloadAad(eventId), sealedBody);
  } catch {
    return Buffer.alloc(0);
  }
}
