import type { Queryable } from "../connect.ts";

/** A delivery that was looked at; `matched`: it is held. */
export interface LookedDelivery {
  id: string;
  matched: boolean;
}

/** Before the first delivery there can be, and after the last. */
export const firstPosition = "00000000-0000-0000-0000-000000000000";
export const lastPosition = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** A destination's deliveries after this id, oldest first. Costs what it returns. */
export function lookAfter(
  tx: Queryable,
  destinationId: string,
  after: string,
  lookMax: number,
): Promise<LookedDelivery[]> {
  return tx<LookedDelivery[]>`
    select id, held matched from carewire_deliveries_after(${destinationId}, ${after}, ${lookMax})`;
}

/** A destination's newest deliveries, newest first. Costs what it returns. */
export function lookAtNewest(
  tx: Queryable,
  destinationId: string,
  lookMax: number,
): Promise<LookedDelivery[]> {
  return tx<LookedDelivery[]>`
    select id, held matched from carewire_newest_deliveries(${destinationId}, ${lookMax})`;
}
