import { consumerShard } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { firstIdAt, liveKitTopic } from "@carewire/envelope";
import { sourceService } from "../handlers/source-service.ts";

/** More than it takes to route and handle an event while nothing is wrong. */
const usualMs = 30_000;

/**
 * Whether events of LiveKit wait for longer than usual to be routed, or for one of our consumers: rooms then look quiet that
 * are not. What is tried again does not count, it may fail for days.
 */
export async function eventsWait(sql: Sql, nowMs: number): Promise<boolean> {
  const sinceMs = nowMs - usualMs;
  const [row] = await sql<{ wait: boolean }[]>`
    select exists (select from route_queue
        where event_id < ${firstIdAt(sinceMs)}::uuid and starts_with(type, ${liveKitTopic("")}))
      or exists (select from consumers c cross join lateral (
          select from delivery_queue where shard = ${consumerShard} and lane = 0 and destination_id = c.id
            and due_at < ${new Date(sinceMs)} limit 1) q
        where starts_with(c.name, ${`${sourceService}.`})) wait`;
  return row?.wait === true;
}
