import type { DataKey, Vault } from "@carewire/bus";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { actorOf } from "../../tenancy/actor.ts";
import { wakeShard } from "../announce.ts";
import { lockSubscription, type SubscriptionRow } from "../subscription-row.ts";
import { type AttemptRow, awaitOutcome, type ProbeDelivery, readOutcome } from "./await-outcome.ts";
import { cancelProbe } from "./cancel-probe.ts";
import { takeAllowance } from "./probe-allowance.ts";
import type { FoundMessage } from "./probe-message.ts";
import { queueProbe } from "./queue-probe.ts";

export interface ProbeDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** How long to wait for the outcome: longer than an attempt may take, shorter than a request may. */
  probeTimeoutMs: number;
}

/** A ping or a test that somebody asked for. */
export interface ProbeRequest {
  principal: Principal;
  /** The subscription's public id. */
  given: string;
  action: "subscription.pinged" | "subscription.tested";
  findMessage(tx: postgres.TransactionSql, subscription: SubscriptionRow): Promise<FoundMessage>;
}

export type ProbeAnswer =
  | { outcome: "tried"; deliveryId: string; delivered: boolean; attempt: AttemptRow; dataKey: DataKey }
  | { outcome: "not_found" }
  | { outcome: "unknown_type"; mistake: string }
  | { outcome: "too_many"; retryAfterSeconds: number }
  /** No dispatcher took it in time; it will not be sent. */
  | { outcome: "not_taken" }
  /** It is being sent, and the outcome will be on the delivery. */
  | { outcome: "unfinished"; deliveryId: string };

type Queued =
  | { outcome: "queued"; deliveryId: string; shard: number }
  | Exclude<ProbeAnswer, { deliveryId: string }>;

function queue(
  { sql, clock }: ProbeDeps,
  { principal, given, action, findMessage }: ProbeRequest,
  dataKey: DataKey,
): Promise<Queued> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx): Promise<Queued> => {
    const subscription = await lockSubscription(tx, principal, given);
    if (subscription === null) return { outcome: "not_found" };
    const found = await findMessage(tx, subscription);
    if (!found.ok) return { outcome: "unknown_type", mistake: found.mistake };
    const now = new Date(clock.now());
    const allowance = takeAllowance(subscription.probes_until, now);
    if (!allowance.ok) return { outcome: "too_many", retryAfterSeconds: allowance.retryAfterSeconds };
    await tx`update subscriptions set probes_until = ${allowance.until} where id = ${subscription.id}`;
    const deliveryId = await queueProbe(tx, { subscription, dataKey, now }, found.message);
    const entry = { organizationId, actor: actorOf(principal), action, target: given, now };
    await appendAudit(tx, { ...entry, detail: { type: found.message.type } });
    return { outcome: "queued", deliveryId, shard: subscription.shard };
  });
}

async function conclude(deps: ProbeDeps, probe: ProbeDelivery, dataKey: DataKey): Promise<ProbeAnswer> {
  const { sql, probeTimeoutMs } = deps;
  const waited = await awaitOutcome(sql, probe, probeTimeoutMs);
  if (waited === null && (await cancelProbe(sql, probe))) return { outcome: "not_taken" };
  // It may have ended between the last look and the attempt to take it back.
  const ended = waited ?? (await readOutcome(sql, probe));
  if (ended === null) return { outcome: "unfinished", deliveryId: probe.deliveryId };
  switch (ended.outcome) {
    case "tried":
      return { ...ended, deliveryId: probe.deliveryId, dataKey };
    case "cancelled":
      return { outcome: "not_found" };
  }
}

/** Queues a real delivery to one subscription and waits for what becomes of it. */
export async function sendProbe(deps: ProbeDeps, request: ProbeRequest): Promise<ProbeAnswer> {
  const { organizationId } = request.principal;
  const dataKey = await deps.vault.dataKey(organizationId);
  const queued = await queue(deps, request, dataKey);
  if (queued.outcome !== "queued") return queued;
  await wakeShard(deps.sql, queued.shard);
  return conclude(deps, { organizationId, deliveryId: queued.deliveryId }, dataKey);
}
