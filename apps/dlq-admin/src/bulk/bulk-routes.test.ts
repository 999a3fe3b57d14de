import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
let isFixed = false;
const handled: string[] = [];

beforeAll(async () => {
  dlq = await startTestDlq();
  await dlq.startConsumer({
    consumer: "test.bulk",
    topics: ["cari.bulk.one", "cari.bulk.two"],
    handler: async (_tx, _envelope, { eventId }) => {
      if (!isFixed) throw new Error("not yet");
      handled.push(eventId);
      return undefined;
    },
  });
});
afterAll(() => dlq.stop());

const post = (action: "retry" | "discard", body: object) =>
  dlq.send("POST", `/admin/dlq/${action}`, { body });
const statuses = async () =>
  (await dlq.sql`select status, count(*)::int n from dead_letters group by 1 order by 1`).map(
    ({ status, n }) => `${status} ${n}`,
  );

test("a dry run counts and changes nothing", async () => {
  for (let n = 0; n < 5; n++) await dlq.bury("cari.bulk.one", { n });
  for (let n = 0; n < 3; n++) await dlq.bury("cari.bulk.two", { n });
  const { body } = await post("retry", { filter: { topic: "cari.bulk.one" }, dry_run: true });
  expect(body).toEqual({ dry_run: true, matched: 5, taken: 0, skipped: 0, next_cursor: null });
  expect(await statuses()).toEqual(["open 8"]);
  expect(await dlq.auditOf("dead_letters.retried")).toEqual([]);
});

test("entries that match are retried step by step, each once, however many ask at the same time", async () => {
  isFixed = true;
  const filter = { topic: "cari.bulk.one" };
  const first = await Promise.all([1, 2].map(() => post("retry", { filter, limit: 2 })));
  expect(first.reduce((total, { body }) => total + Number(body.taken), 0)).toBeLessThanOrEqual(4);
  for (let cursor = first[0]?.body.next_cursor; cursor; ) {
    const { body } = await post("retry", { filter, limit: 2, cursor });
    cursor = body.next_cursor;
  }
  await post("retry", { filter });
  await eventually(async () => (await statuses()).includes("resolved 5"));
  expect(handled).toHaveLength(5);
  const audited = await dlq.auditOf("dead_letters.retried");
  const named = audited.flatMap(({ detail }) => detail.dead_letters as string[]);
  expect(new Set(named).size).toBe(5);
  expect(named).toHaveLength(5);
});

test("a cursor works with its own filter and action only", async () => {
  const filter = { topic: "cari.bulk.two" };
  const step = await post("retry", { filter: { topic: "cari.bulk.two" }, limit: 1, dry_run: true });
  expect(step.body).toMatchObject({ matched: 3, next_cursor: null });
  isFixed = false;
  const begun = await post("retry", { filter, limit: 1 });
  const cursor = begun.body.next_cursor;
  expect((await post("retry", { filter: {}, cursor })).status).toBe(400);
  expect((await post("discard", { filter, cursor, reason: "x" })).status).toBe(400);
  await eventually(async () => (await statuses()).includes("open 3"));
  // What failed again lies behind the cursor: a run ends, whatever fails.
  const rest = await post("retry", { filter, limit: 10, cursor });
  expect(rest.body).toMatchObject({ taken: 2, next_cursor: null });
  await eventually(async () => (await statuses()).includes("open 3"));
});

test("what nobody is there to take is skipped and counted", async () => {
  await dlq.sql`update dead_letters set consumer = 'gone' where status = 'open'
    and id = (select id from dead_letters where status = 'open' order by id limit 1)`;
  const { body } = await post("retry", { filter: { consumer: "gone" } });
  expect(body).toMatchObject({ matched: 1, taken: 0, skipped: 1, next_cursor: null });
});

test("discarding takes a reason and a condition, keeps every entry, and says what was discarded", async () => {
  expect((await post("discard", { filter: {}, reason: "x" })).status).toBe(422);
  expect((await post("discard", { filter: { topic: "cari.bulk.two" } })).status).toBe(422);
  const { body } = await post("discard", { filter: { topic: "cari.bulk.two" }, reason: "seeded by mistake" });
  expect(body).toMatchObject({ matched: 3, taken: 3 });
  expect(await statuses()).toEqual(["discarded 3", "resolved 5"]);
  expect(await dlq.sql`select distinct resolution from dead_letters where status = 'discarded'`).toEqual([
    { resolution: "seeded by mistake" },
  ]);
  const [audited] = await dlq.auditOf("dead_letters.discarded");
  expect(audited?.detail).toMatchObject({ count: 3, reason: "seeded by mistake" });
});
