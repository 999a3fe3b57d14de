import { wakeChannel } from "@carewire/bus";
import { apiContract } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { type DeliveryRow, findDelivery, presentDelivery } from "./delivery-row.ts";
import { storedStatus } from "./delivery-status.ts";
import { noDelivery } from "./no-delivery.ts";

export interface CancelDeps {
  sql: Sql;
  clock: Clock;
}

type Cancelled =
  | { outcome: "cancelled"; row: DeliveryRow; freedLane: boolean }
  | { outcome: "not_found" }
  | { outcome: "refused"; detail: string };

/** Takes it off whatever queue it is in. Null: it is in none, or being sent right now. */
async function unqueue(
  tx: postgres.TransactionSql,
  { id, attempts, status }: DeliveryRow,
): Promise<{ attempts: number; freedLane: boolean } | null> {
  const [queued] = await tx<{ attempts: number }[]>`
    with removed as (delete from delivery_queue
      where id = ${id} and (lease_until is null or lease_until <= now())
      returning id, organization_id, attempts, lease_until),
    -- A lease that ran out was an attempt whose outcome nobody knows; the next claim would have said so.
    lost as (insert into attempts (id, delivery_id, organization_id, n, outcome, next_step, reason, started_at)
      select uuidv7(), id, organization_id, attempts, 'lost', 'failed',
        'the worker that held this attempt vanished before recording its outcome', lease_until
      from removed where lease_until is not null)
    select attempts from removed`;
  if (queued !== undefined) {
    const { count } = await tx`delete from fifo_lanes where delivery_id = ${id}`;
    return { attempts: queued.attempts, freedLane: count > 0 };
  }
  const { count: waiting } = await tx`delete from fifo_queue where delivery_id = ${id}`;
  return waiting > 0 || status === storedStatus.held ? { attempts, freedLane: false } : null;
}

function refusal({ status }: DeliveryRow): string {
  switch (status) {
    case storedStatus.delivered:
    case storedStatus.failed:
      return "This delivery is finished.";
    default:
      return "This delivery is being sent right now; ask again when its attempt is over.";
  }
}

function cancelDelivery({ sql, clock }: CancelDeps, principal: Principal, given: string): Promise<Cancelled> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx): Promise<Cancelled> => {
    const found = await findDelivery(tx, principal, given);
    if (found === null) return { outcome: "not_found" };
    // What moves deliveries between queues locks it too, so that this one stays where it is.
    await tx`select 1 from subscriptions where id = ${found.destination_id} for no key update`;
    const before = (await findDelivery(tx, principal, given)) ?? found;
    if (before.status === storedStatus.cancelled)
      return { outcome: "cancelled", row: before, freedLane: false };
    const isOpen = before.status === storedStatus.pending || before.status === storedStatus.held;
    const taken = isOpen ? await unqueue(tx, before) : null;
    if (taken === null) return { outcome: "refused", detail: refusal(before) };
    const now = new Date(clock.now());
    await tx`
      update deliveries set status = ${storedStatus.cancelled}, attempts = ${taken.attempts}, finished_at = ${now}
      where id = ${before.id}`;
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "delivery.cancelled",
      target: given,
      detail: { attempts: taken.attempts },
      now,
    });
    const row = await findDelivery(tx, principal, given);
    if (row === null) throw new Error("a delivery just cancelled is not there");
    return { outcome: "cancelled", row, freedLane: taken.freedLane };
  });
}

/** `POST /v1/deliveries/:id/cancel` */
export function createCancelDelivery(deps: CancelDeps) {
  return initServer().route(apiContract.deliveries.cancel, async ({ params, res }) => {
    const result = await cancelDelivery(deps, principalOf(res), params.id);
    switch (result.outcome) {
      case "not_found":
        return noDelivery(res);
      case "refused":
        return problemResult(res, "conflict", { detail: result.detail });
      case "cancelled":
        // The next of its subject may go. A wake-up that is lost costs latency only.
        if (result.freedLane) await deps.sql.notify(wakeChannel, "lanes").catch(() => {});
        return { status: 200, body: presentDelivery(result.row) };
    }
  });
}
