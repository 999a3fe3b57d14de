import type { Queryable } from "./connect.ts";
import { beginDrain, type DrainedEndpoint, firstStepMax } from "./endpoint-drains/begin-drain.ts";
import { cancelHeld, cancelLine, cancelQueued } from "./endpoint-drains/cancel-waiting.ts";
import { firstPosition, lastPosition, lookAtNewest } from "./endpoint-drains/look.ts";

/** What a request cancelled by itself. */
export interface Cancelled {
  deliveries: number;
  /** Nothing else waited; otherwise dispatchers go on. */
  isAll: boolean;
}

/**
 * Ends what is queued or held for a subscription, in the transaction that deletes it; `rowsMax` rows of each kind at once
 * (default 2,000), the rest by dispatchers. One that is being sent right now is finished by the dispatcher, which cancels
 * it should it need a retry.
 */
export async function cancelDeliveries(
  tx: Queryable,
  endpoint: DrainedEndpoint,
  rowsMax = firstStepMax,
): Promise<Cancelled> {
  const queued = await cancelQueued(tx, endpoint, rowsMax);
  const waiting = await cancelLine(tx, endpoint, rowsMax);
  const newest = await lookAtNewest(tx, endpoint.id, rowsMax);
  const held = await cancelHeld(tx, newest.flatMap(({ id, matched }) => (matched ? [id] : [])).reverse());
  const isAllLookedAt = newest.length < rowsMax;
  await beginDrain(tx, endpoint, {
    kind: "cancel",
    position: isAllLookedAt ? lastPosition : firstPosition,
  });
  return {
    deliveries: queued + waiting + held,
    isAll: isAllLookedAt && Math.max(queued, waiting) < rowsMax,
  };
}
