import type { Queryable } from "@carewire/db";

/** Whether somebody is connected to a stream subscription, or was until a moment ago. */
export async function isListenedTo(tx: Queryable, subscriptionId: string): Promise<boolean> {
  const rows = await tx`select 1 from streams where subscription_id = ${subscriptionId}`;
  return rows.length > 0;
}
