import type { AttemptRecord } from "@carewire/delivery";
import { newId } from "@carewire/envelope";
import { allShards } from "../shards/ownership.ts";
import { type Claim, type ClaimRequest, claimDeliveries } from "../store/claim.ts";
import { routeBatch } from "../store/route.ts";
import type { DeliveryBench } from "../testing/delivery-bench.ts";

const startCursor = "00000000-0000-0000-0000-000000000000";

/** Claims over all shards and lanes, with room for everything unless told otherwise. */
export function claimAll(
  bench: DeliveryBench,
  {
    shards = [...allShards],
    after = startCursor,
    ...request
  }: Partial<ClaimRequest> & { shards?: number[]; after?: string } = {},
): Promise<Claim> {
  const cursors = shards.map((shard) => ({ shard, after }));
  return claimDeliveries(bench.sql, {
    firstLane: 0,
    fresh: cursors,
    retries: cursors,
    replays: cursors,
    freshMax: 10_000,
    laterMax: 10_000,
    deliveriesMax: 10_000,
    slots: new Map(),
    slotsDefault: 10_000,
    leaseSeconds: 60,
    ...request,
  });
}

/** Publishes `count` events and routes them. */
export async function publishRouted(bench: DeliveryBench, count: number): Promise<void> {
  await bench.publishMany(count);
  await routeBatch(bench.sql, 10_000);
}

/** The leases taken so far are over. */
export async function expireLeases(bench: DeliveryBench): Promise<void> {
  await bench.sql`update delivery_queue set lease_until = now() - interval '1 second' where lease_token is not null`;
}

/** A delivered outcome for a claimed delivery. */
export function recordOf(
  delivery: Claim["deliveries"][number],
  more: Partial<AttemptRecord> = {},
): AttemptRecord {
  return {
    attemptId: newId(Date.now()),
    deliveryId: delivery.id,
    organizationId: delivery.organizationId,
    leaseToken: delivery.leaseToken,
    attempt: delivery.attempt,
    retries: delivery.retries,
    outcome: "http_2xx",
    httpStatus: 200,
    durationMs: 12.4,
    error: null,
    requestHeaders: "{}",
    responseHeaders: "{}",
    responseBody: null,
    nextStep: "delivered",
    reason: "answered 200",
    delayMs: null,
    startedAtMs: Date.now(),
    ...more,
  };
}

/** The outcome of an attempt that is to be repeated after `delayMs`. */
export const retryOf = (delivery: Claim["deliveries"][number], delayMs: number): AttemptRecord =>
  recordOf(delivery, {
    outcome: "http_5xx",
    httpStatus: 500,
    nextStep: "retry",
    reason: "answered 500; retry 1 of 7",
    retries: delivery.retries + 1,
    delayMs,
  });
