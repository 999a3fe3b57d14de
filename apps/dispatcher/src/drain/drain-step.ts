import {
  cancelHeld,
  cancelLine,
  cancelQueued,
  lookAfter,
  type Queryable,
  releaseHeld,
  releaseLine,
  type Sql,
} from "@carewire/db";
import { planBatch } from "../schedule/plan-batch.ts";
import {
  advanceDrain,
  areOldRoutersGone,
  beginLastPass,
  type EndpointDrain,
  endDrain,
  hasDrainWork,
  lockReleased,
  postponeDrain,
  takeDrain,
  turnIntoCancel,
} from "../store/endpoint-drains.ts";

/** How much one step does, and how far a release runs ahead of its endpoint. */
export interface DrainLimits {
  /** Deliveries looked at in one step. */
  lookMax: number;
  /** Rows of each kind moved in one step. */
  takeMax: number;
  /** Released deliveries of one endpoint that are due: more would only lie in the hot table. */
  dueMax: number;
  /** The same with those that wait for a retry: an endpoint that fails everything stops its release here. */
  waitingMax: number;
}

export interface DrainStepDeps {
  sql: Sql;
  failpoint(name: string): void;
  /** Default: `drainLimits`. */
  limits?: DrainLimits;
}

/** What a step did: nothing was due, some drain moved on, or deliveries were queued for an endpoint of this shard. */
export type DrainStep = { kind: "idle" } | { kind: "moved" } | { kind: "released"; shard: number };

export const drainLimits: DrainLimits = { lookMax: 2_000, takeMax: 1_000, dueMax: 5_000, waitingMax: 20_000 };
/** Until an endpoint is looked at again that has enough to do, or whose subscription is being changed. */
const busyDelayMs = 500;
/** The same for one whose breaker is open. */
const brokenDelayMs = 5_000;
/** Until the last pass begins: a router that saw the old state has begun to write by then. */
const lastPassDelayMs = 10_000;
/** Until the routers that were writing then are looked for again. */
const routersDelayMs = 200;
/** What a router commits late has an id from its statement, and no statement takes longer. */
const lateMs = 60_000;
const failedDelayMs = 10_000;

/**
 * Takes one step of one drain, in one transaction that touches so many rows at most. So a process that dies at any line
 * leaves nothing undone, and the next step is anybody's.
 */
export async function stepDrain(deps: DrainStepDeps): Promise<DrainStep> {
  const { sql, failpoint, limits = drainLimits } = deps;
  if (!(await hasDrainWork(sql))) return { kind: "idle" };
  let taken: string | null = null;
  try {
    const step = await sql.begin(async (tx): Promise<DrainStep> => {
      const drain = await takeDrain(tx);
      if (drain === null) return { kind: "idle" };
      taken = drain.id;
      const result = await stepTaken(tx, drain, limits);
      failpoint("drain.before_commit");
      return result;
    });
    if (step.kind !== "idle") failpoint("drain.after_commit");
    return step;
  } catch (error) {
    if (taken !== null) await postponeDrain(sql, taken, failedDelayMs).catch(() => {});
    throw error;
  }
}

async function stepTaken(tx: Queryable, drain: EndpointDrain, limits: DrainLimits): Promise<DrainStep> {
  if (drain.lastPass && !(await areOldRoutersGone(tx, drain))) {
    await postponeDrain(tx, drain.id, routersDelayMs);
    return { kind: "moved" };
  }
  switch (drain.kind) {
    case "release":
      return stepRelease(tx, drain, limits);
    case "cancel":
      return stepCancel(tx, drain, limits);
  }
}

async function stepRelease(tx: Queryable, drain: EndpointDrain, limits: DrainLimits): Promise<DrainStep> {
  const endpoint = await lockReleased(tx, drain, limits);
  if (endpoint === "gone") {
    await turnIntoCancel(tx, drain);
    return { kind: "moved" };
  }
  if (endpoint === "busy") {
    await postponeDrain(tx, drain.id, busyDelayMs);
    return { kind: "moved" };
  }
  if (!endpoint.active) {
    await endDrain(tx, drain);
    return { kind: "moved" };
  }
  const { due, waiting, ordered, broken } = endpoint;
  const room = Math.min(limits.takeMax, limits.dueMax - due, limits.waitingMax - waiting);
  if (room <= 0) {
    await postponeDrain(tx, drain.id, broken ? brokenDelayMs : busyDelayMs);
    return { kind: "moved" };
  }
  const line = ordered ? 0 : await releaseLine(tx, drain, room);
  const batch = await lookFurther(tx, drain, { takeMax: room - line, lookMax: limits.lookMax });
  const held = await releaseHeld(tx, drain, batch.ids);
  await moveOn(tx, drain, { position: batch.position, isDone: batch.isDone && line < room });
  return line + held === 0 ? { kind: "moved" } : { kind: "released", shard: drain.shard };
}

async function stepCancel(tx: Queryable, drain: EndpointDrain, limits: DrainLimits): Promise<DrainStep> {
  const { takeMax, lookMax } = limits;
  const queued = await cancelQueued(tx, drain, takeMax);
  const line = await cancelLine(tx, drain, takeMax);
  const batch = await lookFurther(tx, drain, { takeMax, lookMax });
  await cancelHeld(tx, batch.ids);
  const isDone = batch.isDone && Math.max(queued, line) < takeMax;
  await moveOn(tx, drain, { position: batch.position, isDone });
  return { kind: "moved" };
}

async function lookFurther(
  tx: Queryable,
  { id, position }: EndpointDrain,
  { takeMax, lookMax }: { takeMax: number; lookMax: number },
): Promise<{ ids: string[]; position: string; isDone: boolean }> {
  const looked = await lookAfter(tx, id, position, lookMax);
  const { take, ...batch } = planBatch(looked, { position, takeMax, lookMax });
  return { ...batch, ids: take.map((delivery) => delivery.id) };
}

async function moveOn(
  tx: Queryable,
  drain: EndpointDrain,
  { position, isDone }: { position: string; isDone: boolean },
): Promise<void> {
  if (!isDone) await advanceDrain(tx, drain, position);
  else if (drain.lastPass) await endDrain(tx, drain);
  else await beginLastPass(tx, drain, { lateMs, delayMs: lastPassDelayMs });
}
