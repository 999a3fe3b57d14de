import { wakeChannel } from "@carewire/bus";
import { apiContract, type ReportedOutcome } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import type { SendOutcome } from "@carewire/delivery";
import { publicId } from "@carewire/envelope";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { wakeRouting } from "../../subscriptions/announce.ts";
import { noSubscription } from "../../subscriptions/no-subscription.ts";
import { findSubscription } from "../../subscriptions/subscription-row.ts";
import { openLease } from "./lease.ts";
import {
  type SettleDeps,
  type SettledOutcome,
  type StreamOutcome,
  settleOutcomes,
} from "./settle-outcomes.ts";

/** What each fault of a reader's own connection to its receiver is called. */
const faultDetails = {
  dns: "the receiver's name did not resolve",
  connect: "no connection to the receiver",
  tls: "TLS with the receiver failed",
  reset: "the connection to the receiver broke",
  protocol: "the receiver's answer is not valid HTTP",
} as const;

function toSendOutcome({ answer, fault }: ReportedOutcome, attemptTimeoutMs: number): SendOutcome {
  if (answer !== undefined) {
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [
        name.toLowerCase(),
        value.replace(/[\r\n]/g, " "),
      ]),
    );
    const body = Buffer.from(answer.body, "base64");
    return { kind: "response", status: answer.status, headers, body, truncated: answer.truncated };
  }
  if (fault === undefined || fault === "timeout") return { kind: "timeout", timeoutMs: attemptTimeoutMs };
  return { kind: "network", fault, detail: faultDetails[fault] };
}

function present({ deliveryId, inForce, recorded, decision }: SettledOutcome, nowMs: number) {
  const isRetry = decision.step === "retry";
  return {
    delivery_id: publicId("dlv", deliveryId),
    in_force: inForce,
    recorded,
    status: isRetry ? ("retrying" as const) : decision.step,
    reason: decision.reason,
    next_retry_at: isRetry ? new Date(nowMs + decision.delayMs).toISOString() : null,
  };
}

/** Says that these deliveries are over, to whichever process they were sent from, and that others of an order may go. */
export async function announceSettled(sql: Sql, settled: SettledOutcome[]): Promise<void> {
  const ids = settled.map(({ deliveryId }) => deliveryId);
  if (ids.length === 0) return;
  await sql.notify(wakeChannel, `streamed:${ids.join(",")}`).catch(() => {});
  await sql.notify(wakeChannel, "lanes").catch(() => {});
  await wakeRouting(sql);
}

/** `POST /v1/subscriptions/:id/stream/outcomes` */
export function createReportOutcomes(deps: SettleDeps) {
  const { sql, vault, clock, settings } = deps;
  return initServer().route(apiContract.streams.report, async ({ params, body, res }) => {
    const principal = principalOf(res);
    const { organizationId } = principal;
    const subscription = await withTenant(sql, organizationId, (tx) =>
      findSubscription(tx, principal, params.id),
    );
    if (subscription === null) return noSubscription(res);
    const dataKey = await vault.dataKey(organizationId);
    const outcomes = new Map<string, StreamOutcome>();
    for (const [i, given] of body.outcomes.entries()) {
      const lease = openLease(dataKey, given.lease);
      const isOurs = lease !== null && lease.subscriptionId === subscription.id;
      if (!isOurs || publicId("dlv", lease.deliveryId) !== given.delivery_id) {
        const message = "is not what came with this delivery";
        const errors = [{ path: `outcomes.${i}.lease`, message, code: "invalid_lease" }];
        return problemResult(res, "validation_failed", { detail: "Nothing was recorded.", errors });
      }
      const outcome = toSendOutcome(given, settings.attemptTimeoutMs);
      outcomes.set(lease.deliveryId, { lease, outcome, durationMs: given.duration_ms });
    }
    const place = { organizationId, subscriptionId: subscription.id };
    const settled = await settleOutcomes(deps, place, [...outcomes.values()]);
    if (settled === null) return noSubscription(res);
    await announceSettled(sql, settled);
    return { status: 200, body: { data: settled.map((one) => present(one, clock.now())) } };
  });
}
