import { connect, migrate } from "@carewire/db";
import { eventually, startPostgres, startTcpProxy } from "@carewire/testkit";
import type { TransactionSql } from "postgres";
import { expect, test } from "vitest";
import { type ConsumerBench, createConsumerBench } from "./testing/consumer-bench.ts";

const topic = "cari.bench.through_restarts";
const drafts = (bench: ConsumerBench, count: number) =>
  Array.from({ length: count }, (_, n) => bench.draft(topic, { n }));

const leaveEffect = {
  consumer: "bench.restarts",
  topics: [topic],
  leaseSeconds: 2,
  handlerTimeoutMs: 1_500,
  attemptsMax: 1_000,
  // Its connections are ended before it is.
  drainTimeoutMs: 2_000,
  handler: async (tx: TransactionSql, _envelope: unknown, context: { eventId: string }) => {
    await tx`insert into effects (event_id, by) values (${context.eventId}, 'it')`;
    await tx`select pg_sleep(0.002)`;
  },
};

async function expectOneEffectEach(bench: ConsumerBench, count: number): Promise<void> {
  await eventually(
    async () => (await bench.sql`select count(*)::int n from deliveries where status = 2`)[0]?.n === count,
    { description: `${count} delivered` },
  );
  expect(await bench.sql`select count(*)::int n, count(distinct event_id)::int events from effects`).toEqual([
    { n: count, events: count },
  ]);
  expect(await bench.sql`select 1 from delivery_queue`).toHaveLength(0);
  expect(await bench.sql`select 1 from dead_letters`).toHaveLength(0);
}

/** Hints work again as well, not only polling. */
async function expectListening(bench: ConsumerBench, applicationName: string): Promise<void> {
  const listening = () => bench.sql`select 1 from pg_stat_activity
    where query ilike 'listen%' and application_name = ${applicationName}`;
  await eventually(async () => (await listening()).length === 1, { description: "a LISTEN connection" });
}

test("kill -9 of Postgres in the middle of the work: one effect each, without a restart of the consumer", async () => {
  const server = await startPostgres({ settings: { fsync: "off" } });
  await migrate(server.url);
  const sql = connect({ url: server.url, max: 4, applicationName: "bench" });
  const bench = await createConsumerBench({
    ...{ url: server.url, serviceUrl: server.url, tenantUrl: server.url, sql },
    drop: () => sql.end({ timeout: 1 }),
  });
  try {
    await bench.start(leaveEffect);
    await bench.send(...drafts(bench, 400));
    for (const done of [40, 160]) {
      await eventually(async () => (await sql`select count(*)::int n from effects`)[0]?.n >= done);
      await server.crash();
      await server.start();
    }
    await expectOneEffectEach(bench, 400);
    await expectListening(bench, leaveEffect.consumer);
  } finally {
    await bench.close();
    await server.remove();
  }
});

test("a cut network loses nothing, and the consumer goes on when it is back", async () => {
  const bench = await createConsumerBench();
  const target = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { host: target.hostname, port: Number(target.port) } });
  const through = new URL(bench.url);
  through.host = `${proxy.host}:${proxy.port}`;
  const pool = connect({ url: through.href, max: 12, applicationName: "bench-through-proxy" });
  try {
    await bench.start({ ...leaveEffect, sql: pool, listen: pool });
    await bench.send(...drafts(bench, 200));
    await eventually(async () => (await bench.sql`select count(*)::int n from effects`)[0]?.n >= 40);
    proxy.cut();
    await eventually(() => proxy.connections() === 0);
    proxy.restore();
    await expectOneEffectEach(bench, 200);
  } finally {
    await pool.end({ timeout: 1 });
    await proxy.close();
    await bench.close();
  }
});

test("a consumer started while the database is away registers once it is back", async () => {
  const bench = await createConsumerBench();
  const target = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { host: target.hostname, port: Number(target.port) } });
  const through = new URL(bench.url);
  through.host = `${proxy.host}:${proxy.port}`;
  const pool = connect({ url: through.href, max: 12, applicationName: "bench-late" });
  try {
    proxy.cut();
    const starting = bench.start({ ...leaveEffect, sql: pool, listen: pool });
    await eventually(() => proxy.connections() === 0);
    proxy.restore();
    await starting;
    await bench.send(...drafts(bench, 5));
    await expectOneEffectEach(bench, 5);
    await expectListening(bench, "bench-late");
  } finally {
    await pool.end({ timeout: 1 });
    await proxy.close();
    await bench.close();
  }
});
