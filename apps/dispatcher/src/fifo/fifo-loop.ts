import type { Sql } from "@carewire/db";
import { createRounds } from "../schedule/rounds.ts";
import { type Promoted, promoteLanes } from "../store/fifo-promote.ts";
import { releaseLanes } from "../store/fifo-release.ts";
import { firstLane, type Swept, sweepLanes, sweepWaiting } from "../store/fifo-sweep.ts";
import type { OrderedLane } from "./ordered-lane.ts";

export interface FifoLoop {
  /** Deliveries were queued up in these lanes; the first of each may be due. */
  queued(lanes: readonly OrderedLane[]): void;
  /** An ordered delivery was finished: the next of its lane may go. */
  finished(deliveryId: string): void;
  /** The safety net: looks at every lane, a bounded number per call, and goes on there with the next call. */
  sweep(): Promise<void>;
  /** Frees what was finished so far, once; then no more. */
  drain(): Promise<void>;
}

export interface FifoLoopDeps {
  sql: Sql;
  pace(): Promise<void>;
  /** Deliveries became due: wake whoever looks after their shards. */
  onPromoted(promoted: Promoted): void;
  onError(error: unknown): Promise<void>;
  failpoint(name: string): void;
}

const batchMax = 1_000;
/** Of lanes, per sweep. */
const pagesMax = 10;
/** Lanes and finished deliveries remembered; what is beyond is found by the sweep. */
const rememberedMax = 20_000;
/** For how long a lane waits whose older events are still being routed. */
const blockedMs = 20;

/** One per process: keeps one delivery per lane on its way, oldest first. Costs nothing while there are no lanes. */
export function createFifoLoop({ sql, onPromoted, failpoint, ...schedule }: FifoLoopDeps): FifoLoop {
  const finished = new Set<string>();
  const waiting = new Map<string, OrderedLane>();
  const cursors = { lanes: firstLane, waiting: firstLane };
  let timer: NodeJS.Timeout | null = null;

  async function round(): Promise<boolean> {
    const ids = takeFrom(finished);
    const lanes = takeFrom(waiting.keys()).map((key) => waiting.get(key) as OrderedLane);
    const full = ids.length === batchMax || lanes.length === batchMax;
    for (const id of ids) finished.delete(id);
    for (const lane of lanes) waiting.delete(keyOf(lane));
    try {
      failpoint("dispatch.before_release");
      lanes.push(...(await releaseLanes(sql, ids)));
      failpoint("dispatch.before_promote");
      const promoted = await promoteLanes(sql, lanes);
      if (promoted.deliveriesByShard.size > 0) onPromoted(promoted);
      lookAgain(promoted.blocked);
    } catch (error) {
      for (const id of ids) finished.add(id);
      remember(lanes);
      throw error;
    }
    return full;
  }

  const rounds = createRounds({ ...schedule, paused: () => false, round });

  function remember(lanes: readonly OrderedLane[]): void {
    for (const lane of lanes) {
      if (waiting.size >= rememberedMax) return;
      waiting.set(keyOf(lane), lane);
    }
  }

  function lookAgain(blocked: readonly OrderedLane[]): void {
    if (blocked.length === 0) return;
    remember(blocked);
    timer ??= setTimeout(() => {
      timer = null;
      rounds.poke();
    }, blockedMs);
  }

  async function sweepOne(
    page: (sql: Sql, after: OrderedLane, lanesMax: number) => Promise<Swept>,
    after: OrderedLane,
  ): Promise<OrderedLane> {
    let cursor = after;
    for (let pages = 0; pages < pagesMax; pages++) {
      const { lanes, next } = await page(sql, cursor, batchMax);
      queued(lanes);
      if (!next) return firstLane;
      cursor = next;
    }
    return cursor;
  }

  function queued(lanes: readonly OrderedLane[]): void {
    if (lanes.length === 0) return;
    remember(lanes);
    rounds.poke();
  }

  return {
    queued,
    finished(deliveryId) {
      if (finished.size >= rememberedMax) return;
      finished.add(deliveryId);
      rounds.poke();
    },
    async sweep() {
      cursors.lanes = await sweepOne(sweepLanes, cursors.lanes);
      cursors.waiting = await sweepOne(sweepWaiting, cursors.waiting);
    },
    async drain() {
      await rounds.stop();
      if (timer) clearTimeout(timer);
      const lanes = await releaseLanes(sql, takeFrom(finished));
      const promoted = await promoteLanes(sql, lanes);
      if (promoted.deliveriesByShard.size > 0) onPromoted(promoted);
    },
  };
}

const keyOf = ({ subscriptionId, subject }: OrderedLane): string => `${subscriptionId}/${subject}`;

function takeFrom(keys: Iterable<string>): string[] {
  const taken: string[] = [];
  for (const key of keys) {
    if (taken.length >= batchMax) break;
    taken.push(key);
  }
  return taken;
}
