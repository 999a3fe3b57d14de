import { newId, systemClock } from "@carewire/envelope";
import { VaultError } from "@carewire/service-kit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { routeBatch } from "../store/route.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";
import { type FilterBatchDeps, filterBatch } from "./filter-batch.ts";
import { createFilterCache } from "./filter-cache.ts";
import { circleBegin, type FilterTurn } from "./filter-turn.ts";

let bench: DeliveryBench;
let errors: string[];

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  errors = [];
});

const filters = () =>
  createFilterCache({ filtersMax: 10, onUnreadable: (id, error) => errors.push(`${id}: ${error}`) });

function evaluate(deps: Partial<FilterBatchDeps> = {}, turn: Partial<FilterTurn> = {}) {
  return filterBatch(
    {
      sql: bench.sql,
      vault: bench.vault,
      clock: systemClock,
      // No time passes but where a test says so: what is not judged in time is left for the next turn.
      monotonic: { now: () => 0 },
      filters: filters(),
      onUnreadable: (id) => errors.push(id),
      failpoint: () => {},
      ...deps,
    },
    { ...circleBegin, candidatesMax: 200, organizationsMax: 10, ...turn },
  );
}

const waiting = async () => (await bench.sql`select event_id from filter_queue`).length;
const dueNow = () => bench.sql`update filter_queue set due_at = now()`;
const large = { filter: { amount: { $gte: 100 } } };

/** Publishes these payloads, routes them, and evaluates what waits. */
async function published(...payloads: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const data of payloads) ids.push(await bench.publish({ data }));
  await routeBatch(bench.sql, 500);
  return ids;
}
const deliveredEvents = async () =>
  (
    await bench.sql`select d.event_id from deliveries d join delivery_queue q using (id, event_id, destination_id)`
  )
    .map((row) => row.event_id)
    .sort();

test("of an event that matches by type, routing makes no delivery until the filter has been asked", async () => {
  const filtered = await bench.subscribe(large);
  const plain = await bench.subscribe();
  await bench.publish({ data: '{"amount": 500}' });
  const { deliveriesByShard, toFilter } = await routeBatch(bench.sql, 500);
  expect([[...deliveriesByShard], toFilter]).toEqual([[[plain.shard, 1]], 1]);
  expect((await bench.deliveries()).map(({ subscriptionId }) => subscriptionId)).toEqual([plain.id]);
  const { candidates, deliveriesByShard: due } = await evaluate();
  expect([candidates, [...due]]).toEqual([1, [[filtered.shard, 1]]]);
  expect(await waiting()).toBe(0);
});

test("what matches is delivered, what does not is dropped, and each is asked for every subscription", async () => {
  const paid = await bench.subscribe({ filter: { paid: true } });
  const big = await bench.subscribe(large);
  const [both = "", one = "", none = ""] = await published(
    '{"amount": 100, "paid": true}',
    '{"amount": 99, "paid": true}',
    '{"amount": 99, "paid": false}',
  );
  expect((await evaluate()).candidates).toBe(6);
  const of = async (eventId: string) => (await bench.deliveries(eventId)).map((d) => d.subscriptionId).sort();
  expect(await of(both)).toEqual([paid.id, big.id].sort());
  expect(await of(one)).toEqual([paid.id]);
  expect(await of(none)).toEqual([]);
  expect(await deliveredEvents()).toEqual([both, both, one].sort());
  expect(await waiting()).toBe(0);
});

describe("a filtered subscription does not get what cannot be read:", () => {
  const anything = { filter: { $not: { amount: 1 } } };

  test.each([
    ["no JSON", "not json"],
    ["cut off", '{"amount": '],
    ["empty", ""],
  ])("%s", async (_name, data) => {
    await bench.subscribe(anything);
    await published(data);
    await evaluate();
    expect([await bench.deliveries(), await waiting(), errors]).toEqual([[], 0, []]);
  });

  test("not UTF-8", async () => {
    await bench.subscribe(anything);
    await bench.publish({ body: Buffer.from([0x22, 0xff, 0x22]) });
    await routeBatch(bench.sql, 500);
    await evaluate();
    expect([await bench.deliveries(), await waiting()]).toEqual([[], 0]);
  });

  test("erased", async () => {
    await bench.subscribe(anything);
    const [id = ""] = await published("{}");
    await bench.sql`update event_payloads set body = null where id = ${id}`;
    await evaluate();
    expect([await bench.deliveries(), await waiting()]).toEqual([[], 0]);
  });
});

test.each([
  ["very deep", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
  ["with keys that objects inherit", '{"__proto__": {"amount": 1}, "constructor": null}'],
  ["with a number beyond 2^53", '{"amount": 9007199254740993}'],
  ["with a key twice, of which the last counts", '{"amount": 1, "amount": 2}'],
  ["with half a character", '{"amount": "\\ud800"}'],
])("a payload %s is evaluated like any other", async (_name, data) => {
  await bench.subscribe({ filter: { amount: { $ne: 1 } } });
  const ids = await published(data);
  await evaluate();
  expect(await deliveredEvents()).toEqual(ids);
});

test("while keys are missing candidates wait, others go on, and nothing is lost", async () => {
  await bench.subscribe({ filter: { ok: true } });
  const [sealed = ""] = await published('{"ok": true}');
  const vault: FilterBatchDeps["vault"] = {
    dataKey: () => Promise.reject(new VaultError("key_encryption_key_missing")),
  };
  await evaluate({ vault });
  expect([errors, await waiting()]).toEqual([[sealed], 1]);
  const ids = await published('{"ok": true}');
  expect((await evaluate()).candidates).toBe(1);
  expect(await deliveredEvents()).toEqual(ids);
  const [row] = await bench.sql`select due_at > now() + interval '10 seconds' late from filter_queue`;
  expect(row).toEqual({ late: true });
  await dueNow();
  await evaluate();
  expect(await deliveredEvents()).toEqual([...ids, sealed].sort());
});

test("candidates that wait long are asked for less and less often, once an hour at least", async () => {
  await bench.subscribe(large);
  const ids = [newId(Date.now() - 3_600_000), newId(Date.now() - 864_000_000)];
  for (const id of ids) await bench.publish({ id });
  await routeBatch(bench.sql, 500);
  await evaluate({ vault: { dataKey: () => Promise.reject(new VaultError("not_authentic")) } });
  const rows =
    await bench.sql`select round(extract(epoch from due_at - now()) / 60)::int minutes from filter_queue
    order by event_id desc`;
  expect(rows.map((row) => row.minutes)).toEqual([30, 60]);
});

describe("the subscription as it is now decides:", () => {
  test("its changed filter, also when the old one was known", async () => {
    const { id } = await bench.subscribe(large);
    const cache = filters();
    await published('{"amount": 1}');
    await evaluate({ filters: cache });
    expect(await deliveredEvents()).toEqual([]);
    const ids = await published('{"amount": 1}');
    await bench.sql`update subscriptions set filter = '{"amount": 1}', version = version + 1 where id = ${id}`;
    await evaluate({ filters: cache });
    expect(await deliveredEvents()).toEqual(ids);
  });

  test("no filter any more: everything passes", async () => {
    const { id } = await bench.subscribe(large);
    const ids = await published("{}");
    await bench.sql`update subscriptions set filter = null, version = version + 1 where id = ${id}`;
    await evaluate();
    expect(await deliveredEvents()).toEqual(ids);
  });

  test("deleted: nothing is left", async () => {
    const { id } = await bench.subscribe(large);
    await published('{"amount": 100}');
    await bench.sql`delete from subscriptions where id = ${id}`;
    await evaluate();
    expect([await bench.deliveries(), await waiting()]).toEqual([[], 0]);
  });

  test("paused: held, in sight", async () => {
    const { id } = await bench.subscribe(large);
    await published('{"amount": 100}');
    await bench.sql`update subscriptions set active = false where id = ${id}`;
    await evaluate();
    expect((await bench.deliveries()).map(({ status }) => status)).toEqual(["held"]);
    expect(await deliveredEvents()).toEqual([]);
  });

  test("ordered: what has a subject is queued up, what has none is due", async () => {
    const { id } = await bench.subscribe({ ...large, ordering: "fifo" });
    await bench.publish({ data: '{"amount": 100}', subject: "a" });
    const ids = await published('{"amount": 100}');
    const { lanes } = await evaluate();
    expect(lanes).toEqual([{ subscriptionId: id, subject: "a" }]);
    expect(await deliveredEvents()).toEqual(ids);
    expect(await bench.sql`select subject from fifo_queue`).toEqual([{ subject: "a" }]);
  });

  test("stored wrong: its candidates wait, loudly", async () => {
    const { id } = await bench.subscribe({ filter: { amount: { $like: 1 } } });
    await published("{}");
    await evaluate();
    expect([errors, await waiting()]).toEqual([[expect.stringContaining(id)], 1]);
  });
});

test("a process that dies after evaluating leaves the candidates as they were", async () => {
  await bench.subscribe(large);
  const ids = await published('{"amount": 100}', '{"amount": 200}');
  const dying = evaluate({
    failpoint: () => {
      throw new Error("killed");
    },
  });
  await expect(dying).rejects.toThrow("killed");
  expect([await waiting(), await bench.deliveries()]).toEqual([2, []]);
  await evaluate();
  expect(await deliveredEvents()).toEqual(ids);
});

test("many that evaluate at the same time share the work: every delivery exists once", async () => {
  await Promise.all([bench.subscribe(large), bench.subscribe(large), bench.subscribe()]);
  const ids = await published(...Array.from({ length: 120 }, (_, i) => `{"amount": ${i % 2 ? 100 : 1}}`));
  const taken = await Promise.all([evaluate(), evaluate(), evaluate(), evaluate()]);
  expect(taken.reduce((sum, { candidates }) => sum + candidates, 0)).toBeLessThanOrEqual(240);
  while ((await evaluate()).candidates > 0);
  const [row] =
    await bench.sql`select count(*)::int total, count(distinct (event_id, destination_id))::int pairs
    from deliveries join delivery_queue using (id, event_id, destination_id)`;
  expect(row).toEqual({ total: ids.length + 2 * 60, pairs: ids.length + 2 * 60 });
});

test("nothing is lost when there are more filters than are remembered", async () => {
  const cache = filters();
  for (let i = 0; i < 10; i++) await bench.subscribe({ filter: { ok: true } });
  const [first = ""] = await published('{"ok": true}');
  await evaluate({ filters: cache });
  for (let i = 0; i < 2; i++) await bench.subscribe({ filter: { ok: true } });
  const [second = ""] = await published('{"ok": true}');
  await evaluate({ filters: cache });
  expect([(await bench.deliveries(first)).length, (await bench.deliveries(second)).length]).toEqual([10, 12]);
});

/** Moves on so much whenever it is asked. */
const passing = (stepMs: number) => {
  let nowMs = 0;
  return { now: () => (nowMs += stepMs) };
};

describe("when filters take long", () => {
  const subscribers = async (count: number) => {
    for (let i = 0; i < count; i++) await bench.subscribe({ filter: { amount: { $ne: 1 } } });
  };

  test("what was decided in time goes on, the rest keeps its place, and every delivery comes once", async () => {
    await subscribers(9);
    await published("{}");
    let left = 9;
    while (left > 0) {
      const { candidates, hasMore } = await evaluate({ monotonic: passing(200) });
      expect(candidates).toBeGreaterThan(0);
      expect(candidates).toBeLessThan(6);
      left -= candidates;
      expect([await waiting(), (await deliveredEvents()).length, hasMore]).toEqual([
        left,
        9 - left,
        left > 0,
      ]);
    }
    expect(new Set((await bench.deliveries()).map(({ subscriptionId }) => subscriptionId)).size).toBe(9);
  });

  test("one is decided however long it takes", async () => {
    await subscribers(2);
    await published("{}");
    const monotonic = passing(60_000);
    expect(await evaluate({ monotonic })).toMatchObject({ candidates: 1, hasMore: true });
    expect(await evaluate({ monotonic })).toMatchObject({ candidates: 1 });
    expect(await waiting()).toBe(0);
  });

  test("others get turns, also when all of it is for one event", async () => {
    await subscribers(10);
    await published("{}");
    let turns = 0;
    let turnsBefore = 0;
    let turnsAfter = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    try {
      await evaluate({
        monotonic: passing(11),
        vault: {
          async dataKey(organizationId) {
            const key = await bench.vault.dataKey(organizationId);
            turnsBefore = turns;
            return key;
          },
        },
        failpoint: () => {
          turnsAfter = turns;
        },
      });
    } finally {
      clearImmediate(next);
    }
    expect(turnsAfter - turnsBefore).toBeGreaterThanOrEqual(5);
  });
});

describe("organizations have turns:", () => {
  const idOf = (organization: number) => `00000000-0000-7000-8000-${String(organization).padStart(12, "0")}`;
  /** Candidates of an organization, whose subscriptions are gone: they are dropped when it is their turn. */
  const queue = (organization: number, candidates: number, minutesAgo: number) => bench.sql`
    insert into filter_queue (subscription_id, event_id, organization_id, due_at)
    select uuidv7(), uuidv7(), ${idOf(organization)}, now() - ${minutesAgo} * interval '1 minute'
    from generate_series(1, ${candidates})`;
  const waitingOf = async (organization: number) =>
    (await bench.sql`select from filter_queue where organization_id = ${idOf(organization)}`).length;

  test.each([
    [1, 2],
    [2, 1],
  ])("what is due since an hour in organization %i does not keep that of %i waiting", async (busy, other) => {
    await queue(busy, 1_000, 60);
    await queue(other, 3, 0);
    expect(await evaluate()).toMatchObject({ candidates: 103, hasMore: true });
    expect([await waitingOf(busy), await waitingOf(other)]).toEqual([900, 0]);
  });

  test("an organization whose filters use up the time waits for the others", async () => {
    await queue(1, 20, 60);
    await queue(2, 1, 0);
    const turn = await evaluate({ monotonic: passing(60_000) });
    expect([turn.candidates, await waitingOf(2)]).toEqual([1, 1]);
    const next = await evaluate({ monotonic: passing(60_000) }, turn);
    expect([next.candidates, next.hasMore, await waitingOf(2)]).toEqual([1, true, 0]);
  });

  test("turns go round until nothing is due, also past those who have only what is due later", async () => {
    for (let organization = 1; organization <= 12; organization++) await queue(organization, 2, -60);
    for (let organization = 13; organization <= 25; organization++) await queue(organization, 70, 0);
    let turn = { ...circleBegin, hasMore: true };
    for (let turns = 0; turn.hasMore && turns < 20; turns++) turn = await evaluate({}, turn);
    expect(turn).toMatchObject({ ...circleBegin, hasMore: false });
    expect(await waiting()).toBe(24);
  });
});
