import type { Vault } from "@carewire/bus";
import {
  appendAudit,
  holdDeliveries,
  releaseDeliveries,
  resetEndpointHealth,
  type Sql,
  withTenant,
} from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { isListenedTo } from "../streams/delivery/is-listened-to.ts";
import { actorOf } from "../tenancy/actor.ts";
import { announce, wakeRouting, wakeSending } from "./announce.ts";
import { lockSubscription, type SubscriptionRow } from "./subscription-row.ts";

export interface SwitchDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** Holds or releases deliveries when `active` changed. */
export async function applyActive(
  tx: postgres.TransactionSql,
  before: SubscriptionRow,
  after: SubscriptionRow,
): Promise<void> {
  if (before.active === after.active) return;
  if (!after.active) {
    await holdDeliveries(tx, after.id);
    return;
  }
  // A stream's deliveries are released when somebody listens.
  if (after.transport === "http" || (await isListenedTo(tx, after.id))) await releaseDeliveries(tx, after.id);
  // Past failures must not switch a repaired endpoint off again, nor keep its deliveries waiting.
  await resetEndpointHealth(tx, after.id);
}

async function writeActive(tx: postgres.TransactionSql, id: string, active: boolean, now: Date) {
  const [row] = await tx<SubscriptionRow[]>`
    update subscriptions set active = ${active}, disabled_reason = null, version = version + 1, updated_at = ${now}
    where id = ${id} returning *`;
  if (row === undefined) throw new Error("a locked subscription vanished");
  return row;
}

/**
 * Pauses or resumes the caller's subscription; one that is so already is left as it is. Null: there is no such
 * subscription.
 */
export async function switchActive(
  { sql, vault, clock }: SwitchDeps,
  principal: Principal,
  given: string,
  { active, action }: { active: boolean; action: "subscription.paused" | "subscription.resumed" },
): Promise<SubscriptionRow | null> {
  const { organizationId } = principal;
  await vault.dataKey(organizationId);
  const row = await withTenant(sql, organizationId, async (tx) => {
    const before = await lockSubscription(tx, principal, given);
    if (before === null || before.active === active) return before;
    const now = new Date(clock.now());
    const after = await writeActive(tx, before.id, active, now);
    await applyActive(tx, before, after);
    await announce(tx, vault, after, { type: "endpoint.updated", fields: ["active"] }, now);
    const entry = { organizationId, actor: actorOf(principal), action, target: given, now };
    await appendAudit(tx, { ...entry, detail: { version: after.version } });
    return after;
  });
  if (row === null) return null;
  await wakeRouting(sql);
  if (active) await wakeSending(sql, row);
  return row;
}
