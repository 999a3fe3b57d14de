import { deadLetterGroupsMax, dlqContract } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";

import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import type { DlqDeps } from "../deps.ts";
import { type EntryFilters, matching } from "./filters.ts";

/** Of more entries than that the newest are looked at. */
const entriesMax = 50_000;

interface GroupRow {
  cause: string;
  topic: string;
  consumer: string | null;
  error: string;
  count: number;
  oldest: Date;
  newest: Date;
  example: string;
  looked_at: number;
}

function readGroups(tx: postgres.TransactionSql, access: Access, filters: EntryFilters): Promise<GroupRow[]> {
  return tx<GroupRow[]>`
    with looked_at as materialized (
      select l.id, l.cause, l.topic, l.consumer, l.error, l.created_at from dead_letters l
      where ${matching(tx, access, filters)} order by l.id desc limit ${entriesMax})
    select cause, topic, consumer, error, count(*)::int count, min(created_at) oldest, max(created_at) newest,
      (array_agg(id order by id desc))[1] example, (select count(*)::int from looked_at) looked_at
    from looked_at group by cause, topic, consumer, error
    order by count desc, newest desc limit ${deadLetterGroupsMax + 1}`;
}

const presentGroup = ({ example, looked_at: _lookedAt, ...row }: GroupRow) => ({
  ...row,
  oldest: row.oldest.toISOString(),
  newest: row.newest.toISOString(),
  example_id: publicId("dlq", example),
});

/** `GET /admin/dlq/groups` */
export function createListGroups({ sql }: DlqDeps) {
  return initServer().route(dlqContract.deadLetters.groups, async ({ query, res }) => {
    const { organization_id: organization, ...filters } = query;
    const granted = grantAccess(callerOf(res), organization);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    const { access } = granted;
    const rows = await runWithin(sql, access, (tx) => readGroups(tx, access, filters));
    const shown = rows.slice(0, deadLetterGroupsMax);
    const truncated = shown.length < rows.length || (rows[0]?.looked_at ?? 0) >= entriesMax;
    return { status: 200, body: { data: shown.map(presentGroup), truncated } };
  });
}
