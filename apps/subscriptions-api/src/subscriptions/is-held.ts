import type { Queryable } from "@carewire/db";
import { isListenedTo } from "../streams/delivery/is-listened-to.ts";
import type { SubscriptionRow } from "./subscription-row.ts";

/** Whether deliveries to it are held: while it is paused, a stream's also while nobody listens. */
export async function isHeld(
  tx: Queryable,
  { id, active, transport }: Pick<SubscriptionRow, "id" | "active" | "transport">,
): Promise<boolean> {
  return !active || (transport === "stream" && !(await isListenedTo(tx, id)));
}
