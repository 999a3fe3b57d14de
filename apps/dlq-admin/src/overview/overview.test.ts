import { randomUUID } from "node:crypto";
import { createFakeClock } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertLetters } from "../testing/insert-letters.ts";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";
import { countMinute } from "../traffic/count-minute.ts";
import { countTraffic } from "../traffic/count-traffic.ts";

let dlq: TestDlq;
let things: SeededThings;
const minuteMs = 60_000;
const startMs = Date.now();
const clock = createFakeClock(startMs);

beforeAll(async () => {
  dlq = await startTestDlq({ clock });
  things = await seedThings(dlq, dlq.tenant);
  await seedThings(dlq, dlq.stranger);
  await insertLetters(dlq, dlq.tenant, { count: 2, topic: "cari.x.y", atMs: startMs });
  const { organizationId } = dlq.tenant;
  await dlq.sql`insert into endpoint_state (subscription_id, organization_id, breaker, failing_since)
    values (${things.subscriptionId}, ${organizationId}, 'half_open', now())`;
  const pausedConsumerId = randomUUID();
  await dlq.sql`insert into consumers (id, name, active) values (${pausedConsumerId}, 'test.paused', false)`;
  await dlq.sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, due_at)
    values (uuidv7(), ${organizationId}, ${things.eventId}, ${things.sourceId}, 3, now() - interval '1 minute'),
      (uuidv7(), ${organizationId}, ${things.eventId}, ${things.subscriptionId}, 3, now() - interval '2 minutes'),
      (uuidv7(), ${organizationId}, ${things.eventId}, ${things.sourceId}, 3, now() + interval '1 hour'),
      (uuidv7(), ${organizationId}, ${things.eventId}, ${pausedConsumerId}, 64, now() - interval '3 minutes')`;
  await dlq.sql`insert into route_queue (event_id, organization_id, type)
    values (${things.eventId}, ${organizationId}, 'order.paid')`;
  await dlq.sql`insert into dispatcher_instances (id, heartbeat_at)
    values (uuidv7(), now() + interval '1 hour'), (uuidv7(), now() - interval '1 minute')`;
});
afterAll(() => dlq.stop());

/** Past what is shared for five seconds. */
async function overview(query = "", key?: string) {
  clock.advance(5_001);
  return (await dlq.send("GET", `/admin/overview${query}`, key === undefined ? {} : { key })).body;
}

describe("the overview", () => {
  test("says how much is dead, due, broken and alive, for one organization", async () => {
    expect(await overview()).toMatchObject({
      dead_letters: { depth: 2, alert: false, oldest_event: new Date(startMs).toISOString() },
      queue: { due: 1, held_back: 2, to_route: 1, complete: true, oldest_due_at: expect.any(String) },
      breakers: {
        open: 1,
        endpoints: [{ subscription_id: things.subscription, state: "half_open", name: "EMR Sync" }],
      },
      sources: [
        { id: things.source, provider: "stripe", health: "receiving", lately: { accepted: 1, malformed: 0 } },
      ],
      dispatchers: { alive: 1 },
    });
  });

  test("of an operator is of everything, or of the organization named", async () => {
    expect((await overview("", dlq.operator)).sources).toHaveLength(2);
    const named = await overview(`?organization_id=${dlq.stranger.organization}`, dlq.operator);
    expect(named).toMatchObject({ dead_letters: { depth: 0 }, queue: { due: 0 }, breakers: { open: 0 } });
    expect(named.sources).toHaveLength(1);
  });

  test("asks the database once in five seconds, however many look", async () => {
    const { at } = await overview();
    const again = await dlq.send("GET", "/admin/overview");
    expect(again.body.at).toBe(at);
    expect((await overview()).at).not.toBe(at);
  });
});

type Minute = Record<string, unknown>;

describe("the charts", () => {
  test("show the minutes that were counted, by organization, and rates of the last one", async () => {
    expect((await overview()).rates).toBeNull();
    clock.advance(2 * minuteMs);
    await Promise.all([
      countTraffic({ sql: dlq.serviceSql, clock }),
      countTraffic({ sql: dlq.serviceSql, clock }),
    ]);
    const series = (await overview()).series as Minute[];
    expect(series).toHaveLength(10);
    const sum = (name: string) => series.reduce((total, row) => total + Number(row[name] ?? 0), 0);
    expect(["requests", "events", "delivered", "retried", "failed", "dead_letters"].map(sum)).toEqual([
      1, 1, 0, 0, 1, 2,
    ]);
    const all = (await overview("", dlq.operator)).series as Minute[];
    expect(all.reduce((total, row) => total + Number(row.events), 0)).toBe(2);
    expect((await overview()).rates).toMatchObject({ in_per_second: expect.any(Number) });
  });

  test("keep a minute as it was counted, and forget it after a day", async () => {
    await countTraffic({ sql: dlq.serviceSql, clock });
    const before = await dlq.sql`select count(*)::int n from counted_minutes`;
    await countTraffic({ sql: dlq.serviceSql, clock });
    expect(await dlq.sql`select count(*)::int n from counted_minutes`).toEqual(before);
    clock.advance(26 * 60 * minuteMs);
    await countTraffic({ sql: dlq.serviceSql, clock });
    expect(await dlq.sql`select count(*)::int n from counted_minutes`).toEqual([{ n: 10 }]);
    expect(await dlq.sql`select count(*)::int n from traffic_minutes`).toEqual([{ n: 0 }]);
  });

  test("draw a minute with more than is counted from its first part, and say so", async () => {
    const minute = Math.floor(startMs / minuteMs) * minuteMs - 60 * minuteMs;
    for (let n = 0; n < 60; n++) {
      await insertLetters(dlq, dlq.tenant, { count: 1, topic: "cari.x.y", atMs: minute + n * 1_000 });
    }
    const exact = await countMinute(dlq.sql, minute);
    expect([exact.estimated, exact.byOrganization.get(dlq.tenant.organizationId)?.dead_letters]).toEqual([
      false,
      60,
    ]);
    const estimated = await countMinute(dlq.sql, minute, 20);
    expect(estimated.estimated).toBe(true);
    const guessed = estimated.byOrganization.get(dlq.tenant.organizationId)?.dead_letters ?? 0;
    expect(Math.abs(guessed - 60)).toBeLessThan(6);
  });
});
