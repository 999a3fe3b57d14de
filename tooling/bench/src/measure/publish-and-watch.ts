import { setTimeout as sleep } from "node:timers/promises";
import type { Program } from "../processes/program.ts";
import type { ReceiverApi } from "../programs/receiver.ts";
import { nowMs } from "./now-ms.ts";

export interface Watched {
  /** Deliveries seen on always-answering endpoints that were published in the watched time. */
  count: number;
  p50Ms: number;
  p99Ms: number;
}

/** Events of an open loop, each stamped with the time it was due. */
export interface TrickledLoad {
  startAtMs: number;
  perSecond: number;
  count: number;
  endpoints: number;
}

export interface WatchedLoad {
  receiver: Program<ReceiverApi>;
  trickle(load: TrickledLoad): Promise<void>;
  perSecond: number;
  endpoints: number;
  /** Published before the watching begins, so that adaptive limits have settled. */
  settleSeconds: number;
  watchSeconds: number;
}

const startDelayMs = 50;
/** Whoever is not there by then is lost throughput. */
const graceMs = 2_000;
const firstMsMax = 60_000;

/** Publishes at a rate and measures publish → received over the part after the settling. */
export async function publishAndWatch(load: WatchedLoad): Promise<Watched> {
  const { receiver, perSecond, endpoints } = load;
  // Whole milliseconds: payloads carry three decimals, and the first event must not round out of the watched time.
  const startAtMs = Math.ceil(nowMs()) + startDelayMs;
  const fromMs = startAtMs + load.settleSeconds * 1_000;
  const toMs = fromMs + load.watchSeconds * 1_000;
  await receiver.ask("watch", { fromMs, toMs });
  const count = Math.round(perSecond * (load.settleSeconds + load.watchSeconds));
  await load.trickle({ startAtMs, perSecond, count, endpoints });
  await sleep(graceMs);
  const watched = await receiver.ask("latencies", undefined);
  return watched.count > 0 ? watched : untilOne(receiver);
}

/** A machine that is too busy for any to be there by then says nothing; the first one tells. */
async function untilOne(receiver: Program<ReceiverApi>): Promise<Watched> {
  const deadlineMs = nowMs() + firstMsMax;
  for (;;) {
    await sleep(100);
    const watched = await receiver.ask("latencies", undefined);
    if (watched.count > 0 || nowMs() > deadlineMs) return watched;
  }
}
