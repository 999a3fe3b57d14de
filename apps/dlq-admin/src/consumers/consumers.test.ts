import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
const handled: string[] = [];
const topic = "cari.replay.happened";
const since = new Date(Date.now() - 3_600_000).toISOString();

beforeAll(async () => {
  dlq = await startTestDlq();
});
afterAll(() => dlq.stop());

const start = () =>
  dlq.startConsumer({
    consumer: "test.late",
    topics: [topic],
    handler: async (_tx, _envelope, { eventId }) => {
      handled.push(eventId);
      return undefined;
    },
  });

const replay = (body: object, key?: string) =>
  dlq.send("POST", "/admin/consumers/test.late/replay", { body: { topic, since, ...body }, key });
const consumerOf = async (key?: string) => {
  const { body } = await dlq.send("GET", "/admin/consumers", { key });
  return body.data.find(({ name }) => name === "test.late");
};

test("an event that was routed before its consumer existed reaches it by a replay; the answer counts, the chain tells", async () => {
  const events = [await dlq.publish(topic, { n: 1 }), await dlq.publish(topic, { n: 2 })];
  const foreign = await dlq.publish(topic, {}, { organizationId: dlq.stranger.organizationId });
  await start();
  const counted = await replay({ only_missing: true, dry_run: true });
  expect([counted.status, counted.body]).toEqual([
    200,
    { consumer: "test.late", topic, dry_run: true, queued: 2, next_cursor: null },
  ]);
  expect(handled).toEqual([]);
  const answer = await replay({ only_missing: true, reason: "came late" });
  expect([answer.status, answer.body.queued]).toEqual([202, 2]);
  await eventually(() => handled.length === 2);
  expect(handled.sort()).toEqual(events.sort());
  expect(handled).not.toContain(foreign);
  expect((await replay({ only_missing: true })).body.queued).toBe(0);
  const [audited] = await dlq.auditOf("consumer.replayed");
  expect(audited).toMatchObject({
    target: "test.late",
    detail: { topic, queued: 2, organization: dlq.tenant.organization, reason: "came late" },
  });
});

test("what a replay queues and who asked for it are one commit: without the chain nothing is queued", async () => {
  const missed = await dlq.publish("cari.replay.missed", {});
  await dlq.sql`update events set type = ${topic} where id = ${missed}`;
  const waiting = () => replay({ only_missing: true, dry_run: true });
  const before = (await dlq.auditOf("consumer.replayed")).length;
  await dlq.sql`alter table audit_log add constraint closed check (action <> 'consumer.replayed') not valid`;
  expect((await replay({ only_missing: true })).status).toBe(500);
  expect((await waiting()).body.queued).toBe(1);
  await dlq.sql`alter table audit_log drop constraint closed`;
  expect((await replay({ only_missing: true })).body.queued).toBe(1);
  expect(await dlq.auditOf("consumer.replayed")).toHaveLength(before + 1);
  await eventually(() => handled.includes(missed));
});

test("with platform:admin a replay reaches every organization, or the one it names", async () => {
  handled.length = 0;
  const one = await replay({ only_missing: true, organization_id: dlq.stranger.organization }, dlq.operator);
  expect(one.body.queued).toBe(1);
  const all = await replay({}, dlq.operator);
  expect(all.body.queued).toBeGreaterThanOrEqual(2);
  await eventually(async () => (await consumerOf(dlq.operator))?.waiting === 0);
  expect(handled).toHaveLength(1 + Number(all.body.queued));
});

test("a topic the consumer does not take, and a consumer there is not, are refused", async () => {
  expect((await replay({ topic: "cari.x.y" })).body).toMatchObject({
    status: 422,
    errors: [{ path: "topic" }],
  });
  const body = { topic, since };
  expect((await dlq.send("POST", "/admin/consumers/nobody/replay", { body })).status).toBe(404);
  expect((await dlq.send("POST", "/admin/consumers/%00/replay", { body })).status).toBe(422);
  expect((await replay({ topic: "a\u0000" })).status).toBe(422);
  expect((await replay({ cursor: "AAAA" })).status).toBe(400);
});

test("a consumer is paused, resumed and removed by an operator, with a reason that is audited", async () => {
  const change = (method: string, path: string) =>
    dlq.send(method, `/admin/consumers/test.late${path}`, {
      body: { reason: "maintenance" },
      key: dlq.operator,
    });
  expect(await consumerOf()).toMatchObject({
    state: "active",
    topics: [topic],
    waiting: 0,
    open_dead_letters: 0,
  });
  expect((await change("POST", "/pause")).body).toMatchObject({ state: "paused" });
  handled.length = 0;
  const held = await dlq.publish(topic, {});
  expect(await consumerOf()).toMatchObject({ state: "paused", waiting: 1 });
  expect((await change("POST", "/resume")).body).toMatchObject({ state: "active" });
  await eventually(() => handled.includes(held));
  await change("POST", "/pause");
  const waiting = await dlq.publish(topic, {});
  expect((await change("DELETE", "")).body).toMatchObject({ state: "removed", topics: [] });
  expect(await dlq.sql`select status from deliveries where event_id = ${waiting}`).toEqual([{ status: 4 }]);
  expect((await replay({})).status).toBe(404);
  for (const action of ["consumer.paused", "consumer.resumed", "consumer.removed"]) {
    expect(await dlq.auditOf(action)).toContainEqual(
      expect.objectContaining({ target: "test.late", detail: { reason: "maintenance" } }),
    );
  }
  expect((await change("POST", "/pause")).status).toBe(404);
  await start();
  expect(await consumerOf()).toMatchObject({ state: "active", topics: [topic] });
});
