import { replayTopic, type TopicReplay } from "@carewire/bus";
import { dlqContract, type ReplayTopicRequest as ReplayRequest } from "@carewire/contracts";
import { appendAudit, type Sql } from "@carewire/db";
import { firstIdAt, publicId } from "@carewire/envelope";
import { type CursorScope, invalidCursor, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Response } from "express";
import type postgres from "postgres";
import { type Access, grantAccess, refuseAccess } from "../access/access.ts";
import { type Caller, callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { type ConsumerRow, noConsumer, readConsumers } from "./consumer-row.ts";

/** Events looked at in one transaction, and what one request may queue and take of time; the cursor goes on. */
const stepEventsMax = 5_000;
const queuedMax = 10_000;
const timeMsMax = 8_000;

interface Progress {
  queued: number;
  position: string | null;
}

type Replay = Omit<TopicReplay, "afterId" | "eventsMax">;

/** `audit` runs in each step that queues something: what a step queued stays on the chain when a later one fails. */
async function replay(
  { sql, clock }: DlqDeps,
  wanted: Replay,
  fromId: string,
  audit: (tx: postgres.TransactionSql, queued: number) => Promise<unknown>,
): Promise<Progress> {
  const startedAtMs = clock.now();
  const progress: Progress = { queued: 0, position: fromId };
  while (progress.position !== null && progress.queued < queuedMax && clock.now() - startedAtMs < timeMsMax) {
    const step = { ...wanted, afterId: progress.position, eventsMax: stepEventsMax };
    const { count, position } = await sql.begin(async (tx) => {
      const replayed = await replayTopic(tx, step);
      if (replayed.count > 0 && !wanted.isDryRun) await audit(tx, replayed.count);
      return replayed;
    });
    progress.queued += count;
    progress.position = position;
  }
  return progress;
}

/** A replay of every organization's events stands on the chain of the operators' own. */
function createAudit(
  { clock }: DlqDeps,
  caller: Caller,
  { name, topic, since, reason }: ReplayRequest & { name: string },
  { organizationId }: Access,
) {
  const organization = organizationId === null ? "all" : publicId("org", organizationId);
  return (tx: postgres.TransactionSql, queued: number) =>
    appendAudit(tx, {
      organizationId: organizationId ?? caller.organizationId,
      actor: caller.actor,
      action: "consumer.replayed",
      target: name,
      detail: { topic, since, queued, organization, ...(reason !== undefined && { reason }) },
      now: new Date(clock.now()),
    });
}

/** The consumer, when it is there and takes the topic. */
async function findConsumer(sql: Sql, access: Access, name: string): Promise<ConsumerRow | null> {
  const [consumer] = await readConsumers(sql, access, name);
  return consumer === undefined || consumer.removed_at !== null ? null : consumer;
}

interface Window {
  fromId: string;
  untilId: string;
}

/** From a cursor when there is one: it keeps the end, so that no replay runs after what is published meanwhile. */
async function openWindow(
  { cursors, clock }: DlqDeps,
  scope: CursorScope,
  { since, until, cursor }: ReplayRequest,
): Promise<Window | null> {
  const untilMs = until === undefined ? clock.now() : Date.parse(until);
  const fresh = { fromId: firstIdAt(Date.parse(since)), untilId: firstIdAt(untilMs) };
  if (cursor === undefined) return fresh;
  const opened = await cursors.open(scope, cursor);
  if (!opened.ok) return null;
  const [fromId = fresh.fromId, untilId = fresh.untilId] = opened.position.ids;
  return { fromId, untilId };
}

/** `POST /admin/consumers/:name/replay` */
export function createReplayConsumer(deps: DlqDeps) {
  return initServer().route(dlqContract.consumers.replay, async ({ params, body, res }) => {
    const caller = callerOf(res);
    const granted = grantAccess(caller, body.organization_id);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const consumer = await findConsumer(deps.sql, access, params.name);
    if (consumer === null) return noConsumer(res);
    const { topic, since, only_missing: onlyMissing, dry_run: isDryRun } = body;
    if (!consumer.topics.includes(topic)) return refuseTopic(res, consumer);
    const { name } = consumer;
    const filters = { name, topic, since, onlyMissing, ...access };
    const scope: CursorScope = { organizationId: caller.organizationId, list: "consumer-replay", filters };
    const window = await openWindow(deps, scope, body);
    if (window === null) return invalidCursor(res);
    const { fromId, untilId } = window;
    const wanted = { consumerId: consumer.id, topic, untilId, onlyMissing, isDryRun, ...access };
    const audit = createAudit(deps, caller, { ...body, name }, access);
    const { queued, position } = await replay(deps, wanted, fromId, audit);
    if (!isDryRun) deps.waker.notifyConsumers();
    const next =
      position && (await deps.cursors.seal(scope, { direction: "newer", ids: [position, untilId] }));
    return {
      status: isDryRun ? 200 : 202,
      body: { consumer: name, topic, dry_run: isDryRun, queued, next_cursor: next },
    };
  });
}

const refuseTopic = (res: Response, { topics }: ConsumerRow) =>
  problemResult(res, "validation_failed", {
    detail: "The consumer does not take this topic.",
    errors: [{ path: "topic", message: `must be one of ${topics.join(", ")}`, code: "unknown_topic" }],
  });
