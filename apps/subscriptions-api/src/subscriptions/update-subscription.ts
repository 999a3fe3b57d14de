import { wakeChannel } from "@carewire/bus";
import { apiContract, type UpdateSubscription } from "@carewire/contracts";
import { appendAudit, holdDeliveries, releaseDeliveries, type Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { checkDestination, type DestinationGuard, destinationProblem } from "./check-destination.ts";
import { noSubscription } from "./no-subscription.ts";
import { lockSubscription, presentSubscription, type SubscriptionRow } from "./subscription-row.ts";
import { writePatterns } from "./write-patterns.ts";

export interface UpdateDeps {
  sql: Sql;
  clock: Clock;
  guard: DestinationGuard;
}

async function writeColumns(
  tx: postgres.TransactionSql,
  current: SubscriptionRow,
  changes: UpdateSubscription,
  now: Date,
): Promise<SubscriptionRow> {
  const next = { ...current, ...changes };
  const [row] = await tx<SubscriptionRow[]>`
    update subscriptions set name = ${next.name}, description = ${next.description}, url = ${next.url},
      events = ${next.events}, active = ${next.active}, retry_policy = ${next.retry_policy},
      max_retries = ${next.max_retries}, payload_format = ${next.payload_format},
      signature_scheme = ${next.signature_scheme}, success_codes = ${next.success_codes},
      metadata = ${tx.json(next.metadata as postgres.JSONValue)},
      disabled_reason = ${next.active ? null : next.disabled_reason},
      version = version + 1, updated_at = ${now}
    where id = ${current.id} returning *`;
  if (row === undefined) throw new Error("a locked subscription vanished");
  return row;
}

/** Holds or releases deliveries when `active` changed. */
async function applyActive(tx: postgres.TransactionSql, before: SubscriptionRow, after: SubscriptionRow) {
  if (before.active === after.active) return;
  if (!after.active) {
    await holdDeliveries(tx, after.id);
    return;
  }
  await releaseDeliveries(tx, after.id);
  // Past failures must not switch a repaired endpoint off again.
  await tx`
    update endpoint_state set consecutive_failures = 0, failing_since = null, updated_at = now()
    where subscription_id = ${after.id}`;
}

function updateSubscription(
  { sql, clock }: UpdateDeps,
  principal: Principal,
  given: string,
  changes: UpdateSubscription,
): Promise<SubscriptionRow | null> {
  return sql.begin(async (tx) => {
    const before = await lockSubscription(tx, principal, given);
    if (before === null) return null;
    const now = new Date(clock.now());
    const after = await writeColumns(tx, before, changes, now);
    if (changes.events !== undefined) await writePatterns(tx, after);
    await applyActive(tx, before, after);
    await appendAudit(tx, {
      organizationId: principal.organizationId,
      actor: actorOf(principal),
      action: "subscription.updated",
      target: given,
      detail: { fields: Object.keys(changes).sort(), version: after.version },
      now,
    });
    return after;
  });
}

/** `PATCH /v1/subscriptions/:id` */
export function createUpdateSubscription(deps: UpdateDeps) {
  return initServer().route(apiContract.subscriptions.update, async ({ params, body, res }) => {
    const changes = { ...body };
    if (changes.url !== undefined) {
      const destination = await checkDestination(deps.guard, changes.url);
      if (!destination.ok) {
        return problemResult(res, "destination_not_allowed", destinationProblem(destination.detail));
      }
      changes.url = destination.url;
    }
    const row = await updateSubscription(deps, principalOf(res), params.id, changes);
    if (row === null) return noSubscription(res);
    // What was released is due now. A wake-up that is lost costs latency only.
    if (changes.active) await deps.sql.notify(wakeChannel, `shards:${row.shard}`).catch(() => {});
    return { status: 200, body: presentSubscription(row) };
  });
}
