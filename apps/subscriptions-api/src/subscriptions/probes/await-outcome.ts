import { setTimeout as delay } from "node:timers/promises";
import { type Sql, withTenant } from "@carewire/db";
import type { attempts } from "@carewire/db/schema";
import { storedStatus } from "../../deliveries/delivery-status.ts";

export type AttemptRow = typeof attempts.$inferSelect;

/** How a ping or test ended: with an attempt, or without because its subscription was deleted meanwhile. */
export type ProbeOutcome =
  | { outcome: "tried"; delivered: boolean; attempt: AttemptRow }
  | { outcome: "cancelled" };

/** Which delivery, and whose. */
export interface ProbeDelivery {
  organizationId: string;
  deliveryId: string;
}

const firstPauseMs = 15;
const pauseMsMax = 250;

/** The outcome if there is one by now. */
export function readOutcome(
  sql: Sql,
  { organizationId, deliveryId }: ProbeDelivery,
): Promise<ProbeOutcome | null> {
  return withTenant(sql, organizationId, async (tx) => {
    const [delivery] = await tx<{ status: number }[]>`select status from deliveries where id = ${deliveryId}`;
    const status = delivery?.status ?? storedStatus.cancelled;
    if (status === storedStatus.cancelled) return { outcome: "cancelled" };
    if (status !== storedStatus.delivered && status !== storedStatus.failed) return null;
    const [attempt] = await tx<AttemptRow[]>`
      select * from attempts where delivery_id = ${deliveryId} order by id desc limit 1`;
    if (attempt === undefined) return { outcome: "cancelled" };
    return { outcome: "tried", delivered: status === storedStatus.delivered, attempt };
  });
}

/** Looks for the outcome, ever less often, until it is there or `timeoutMs` are over: null then. */
export async function awaitOutcome(
  sql: Sql,
  probe: ProbeDelivery,
  timeoutMs: number,
): Promise<ProbeOutcome | null> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, pauseMsMax)) {
    const outcome = await readOutcome(sql, probe);
    const leftMs = deadline - performance.now();
    if (outcome !== null || leftMs <= 0) return outcome;
    await delay(Math.min(pauseMs, leftMs));
  }
}
