import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@carewire/db";

const intervalMs = 5;
const timeoutMs = 60_000;

/**
 * Resolves when every event is routed and every first attempt's outcome is committed; rows that wait for a retry do
 * not count. Rejects after a minute.
 */
export async function untilRecorded(sql: Sql): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const [row] = await sql<{ waiting: boolean }[]>`
      select exists (select from route_queue) or exists (select from fifo_queue)
        or exists (select from delivery_queue where lane = 0) waiting`;
    if (row && !row.waiting) return;
    await sleep(intervalMs);
  }
  throw new Error(`deliveries were still waiting after ${timeoutMs} ms`);
}
