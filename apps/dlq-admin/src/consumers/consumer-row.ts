import { consumerShard } from "@carewire/bus";
import { waitingCountMax } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import type { Access } from "../access/access.ts";
import { withinAccess } from "../entries/entry-row.ts";

export interface ConsumerRow {
  id: string;
  name: string;
  active: boolean;
  last_seen_at: Date;
  removed_at: Date | null;
  topics: string[];
  waiting: number;
  oldest_waiting: Date | null;
  open_dead_letters: number;
}

const consumersMax = 500;

/** Consumers with what waits for them; only the one of this name when there is one. */
export function readConsumers(sql: Queryable, access: Access, name: string | null): Promise<ConsumerRow[]> {
  return sql<ConsumerRow[]>`
    select c.id, c.name, c.active, c.last_seen_at, c.removed_at,
      array(select topic from consumer_topics t where t.consumer_id = c.id order by topic) topics,
      w.waiting, w.oldest_waiting,
      (select count(*)::int from dead_letters l where l.consumer = c.name and l.status = 'open'
        and ${withinAccess(sql, "l", access)}) open_dead_letters
    from consumers c cross join lateral (
      select count(*)::int waiting, min(q.due_at) oldest_waiting from (
        select q.due_at from delivery_queue q
        where q.shard = ${consumerShard} and q.lane = any('{0,1,2}') and q.destination_id = c.id
          and ${withinAccess(sql, "q", access)} limit ${waitingCountMax}) q) w
    ${name === null ? sql`` : sql`where c.name = ${name}`} order by c.name limit ${consumersMax}`;
}

export const presentConsumer = (row: ConsumerRow) => ({
  name: row.name,
  topics: row.topics,
  state:
    row.removed_at !== null ? ("removed" as const) : row.active ? ("active" as const) : ("paused" as const),
  last_seen_at: row.last_seen_at.toISOString(),
  waiting: row.waiting,
  oldest_waiting: row.oldest_waiting?.toISOString() ?? null,
  open_dead_letters: row.open_dead_letters,
});

/** The answer to a name that no consumer has. */
export const noConsumer = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such consumer; GET /admin/consumers lists them." });
