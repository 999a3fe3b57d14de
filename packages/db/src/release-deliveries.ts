import type { Queryable } from "./connect.ts";
import { beginDrain, type DrainedEndpoint, firstStepMax } from "./endpoint-drains/begin-drain.ts";
import { firstPosition, type LookedDelivery, lastPosition, lookAtNewest } from "./endpoint-drains/look.ts";
import { releaseHeld, releaseLine } from "./endpoint-drains/release-held.ts";

async function findEndpoint(tx: Queryable, subscriptionId: string) {
  const [endpoint] = await tx<(DrainedEndpoint & { ordered: boolean; active: boolean })[]>`
    select id, organization_id "organizationId", shard, ordering = 'fifo' ordered, active from subscriptions
    where id = ${subscriptionId}`;
  if (endpoint === undefined) throw new Error("a locked subscription vanished");
  return endpoint;
}

/** When even the oldest of them is held there are older ones, and those shall go first. */
function releasable(newest: readonly LookedDelivery[], isAll: boolean): string[] {
  if (!isAll && newest.at(-1)?.matched) return [];
  return newest.flatMap(({ id, matched }) => (matched ? [id] : [])).reverse();
}

/**
 * Undoes `holdDeliveries`, in the transaction that locked the subscription and made it active: what was held becomes due
 * now, in the retry lane so that it cannot starve new events. Few go at once (the newest `rowsMax` deliveries are looked
 * at, default 2,000), dispatchers see to the rest as fast as the endpoint takes it. Deliveries being sent right now are
 * not touched. Those of an ordered subscription go on in their order, when the dispatcher comes to them. Returns how many
 * were queued. Throws when there is no such subscription.
 */
export async function releaseDeliveries(
  tx: Queryable,
  subscriptionId: string,
  rowsMax = firstStepMax,
): Promise<number> {
  await tx`update subscription_patterns set held = false where subscription_id = ${subscriptionId}`;
  const endpoint = await findEndpoint(tx, subscriptionId);
  const line = endpoint.ordered ? 0 : await releaseLine(tx, endpoint, rowsMax);
  const newest = await lookAtNewest(tx, subscriptionId, rowsMax);
  const isAll = newest.length < rowsMax;
  const queued = await releaseHeld(tx, endpoint, releasable(newest, isAll));
  await beginDrain(tx, endpoint, { kind: "release", position: isAll ? lastPosition : firstPosition });
  return queued + line;
}

/**
 * Ends the order of a subscription that asks for none any more, in the transaction that locked it and says so: what waits
 * for others becomes due now, in the retry lane; `rowsMax` deliveries at once (default 2,000), the rest by dispatchers.
 * While the subscription is paused all of it stays where it is.
 */
export async function unorderDeliveries(
  tx: Queryable,
  subscriptionId: string,
  rowsMax = firstStepMax,
): Promise<void> {
  const endpoint = await findEndpoint(tx, subscriptionId);
  if (!endpoint.active) return;
  // Lanes beyond the limit are freed as their first ones finish.
  await tx`
    delete from fifo_lanes where ctid = any(array(
      select ctid from fifo_lanes where subscription_id = ${subscriptionId} limit ${rowsMax} for update skip locked))`;
  const left = await releaseLine(tx, endpoint, rowsMax);
  if (left === rowsMax) await beginDrain(tx, endpoint, { kind: "release", position: firstPosition });
}
