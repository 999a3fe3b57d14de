import { type AdminOverview, dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { createBoundedMap, createSingleFlight } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { type Access, grantAccess, refuseAccess, runWithin } from "../access/access.ts";
import { callerOf } from "../access/caller.ts";
import { isAlert } from "../alerts/alert-rule.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { readDepth } from "../entries/get-depth.ts";
import { readBreakers } from "./read-breakers.ts";
import { readQueue } from "./read-queue.ts";
import { readSources } from "./read-sources.ts";
import { readTraffic } from "./read-traffic.ts";

/** However many people look, the database is asked so often at most. */
const sharedMs = 5_000;
const rememberedMax = 200;
/** As dispatchers judge each other. */
const aliveSeconds = 10;

async function readDispatchers(sql: Queryable) {
  const [row] = await sql<{ alive: number; last: Date | null }[]>`
    select count(*) filter (where heartbeat_at > now() - ${aliveSeconds} * interval '1 second')::int alive,
      max(heartbeat_at) last from dispatcher_instances`;
  return { alive: row?.alive ?? 0, last_heartbeat_at: row?.last?.toISOString() ?? null };
}

async function readDeadLetters({ clock, alertRule }: DlqDeps, tx: Queryable, access: Access) {
  const found = await readDepth(tx, access);
  const [alerts] = await tx<{ count: number }[]>`
    select count(*)::int count from dead_letter_alerts a where ${withinAccess(tx, "a", access)}`;
  return {
    depth: found.depth,
    alert: isAlert(found, alertRule, clock.now()),
    oldest_event: found.oldestAt?.toISOString() ?? null,
    alerting_organizations: alerts?.count ?? 0,
  };
}

async function readOverview(deps: DlqDeps, access: Access, hours: number): Promise<AdminOverview> {
  const { sql, clock } = deps;
  const nowMs = clock.now();
  const inside = await runWithin(sql, access, async (tx) => ({
    dead_letters: await readDeadLetters(deps, tx, access),
    queue: await readQueue(tx, access),
    breakers: await readBreakers(tx, access),
    sources: await readSources(tx, access, nowMs),
  }));
  const traffic = await readTraffic(sql, access, nowMs, hours);
  return {
    at: new Date(nowMs).toISOString(),
    ...inside,
    ...traffic,
    dispatchers: await readDispatchers(sql),
  };
}

/** `GET /admin/overview` */
export function createGetOverview(deps: DlqDeps) {
  const recent = createBoundedMap<string, { at: number; overview: AdminOverview }>(rememberedMax);
  const share = createSingleFlight<AdminOverview>();

  async function get(access: Access, hours: number): Promise<AdminOverview> {
    const key = `${access.organizationId}:${hours}`;
    const hit = recent.get(key);
    const age = deps.clock.now() - (hit?.at ?? Number.NEGATIVE_INFINITY);
    if (hit !== undefined && age >= 0 && age < sharedMs) return hit.overview;
    return share(key, async () => {
      const overview = await readOverview(deps, access, hours);
      recent.set(key, { at: deps.clock.now(), overview });
      return overview;
    });
  }

  return initServer().route(dlqContract.overview.get, async ({ query, res }) => {
    const granted = grantAccess(callerOf(res), query.organization_id);
    if (!granted.ok) return refuseAccess(res, granted.reason);
    return { status: 200, body: await get(granted.access, query.hours) };
  });
}
