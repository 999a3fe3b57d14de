import { type AttemptRecord, recordAttempts } from "@carewire/delivery";
import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimAll, expireLeases, publishRouted, recordOf, retryOf } from "../testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "../testing/delivery-bench.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

/** Publishes one event and claims its delivery. */
async function claimOne() {
  if ((await bench.sql`select id from subscriptions`).length === 0) await bench.subscribe();
  await publishRouted(bench, 1);
  const [delivery] = (await claimAll(bench)).deliveries;
  if (!delivery) throw new Error("nothing was due");
  return delivery;
}

const deliveryOf = async (id: string) =>
  (
    await bench.sql`select status, attempts, finished_at is not null finished from deliveries where id = ${id}`
  )[0];
const queued = () => bench.sql`select id, lane, retries, attempts, lease_token from delivery_queue`;

describe("a final outcome", () => {
  test.each([
    ["delivered", 2],
    ["failed", 3],
    ["disable", 3],
  ] as const)("%s finishes the delivery and leaves the queue", async (nextStep, status) => {
    const delivery = await claimOne();
    expect(await recordAttempts(bench.sql, [recordOf(delivery, { nextStep })])).toBe(1);
    expect(await deliveryOf(delivery.id)).toEqual({ status, attempts: 1, finished: true });
    expect(await queued()).toEqual([]);
  });

  test("is written as it was", async () => {
    const delivery = await claimOne();
    const body = Buffer.from([0, 1, 0xff]);
    const record = recordOf(delivery, {
      error: 'it said "no"\\',
      requestHeaders: '{"a":"{1,2}"}',
      responseHeaders: null,
      responseBody: body,
      reason: "größer, {x}",
      startedAtMs: 1_772_366_400_123,
    });
    await recordAttempts(bench.sql, [record]);
    const [row] =
      await bench.sql`select *, (extract(epoch from started_at) * 1000)::bigint::text started_ms from attempts`;
    expect(row).toMatchObject({
      id: record.attemptId,
      delivery_id: delivery.id,
      organization_id: bench.organizationId,
      n: 1,
      outcome: "http_2xx",
      http_status: 200,
      duration_ms: 12,
      error: 'it said "no"\\',
      request_headers: '{"a":"{1,2}"}',
      response_headers: null,
      response_body: body,
      next_step: "delivered",
      reason: "größer, {x}",
      next_retry_at: null,
      started_ms: "1772366400123",
    });
  });
});

test("answers with and without a body share a batch, whichever comes first", async () => {
  const body = Buffer.from("ok");
  for (const bodies of [
    [body, null],
    [null, body],
    [null, null],
    [body, body],
  ]) {
    const records: AttemptRecord[] = [];
    for (const responseBody of bodies) records.push(recordOf(await claimOne(), { responseBody }));
    expect(await recordAttempts(bench.sql, records)).toBe(2);
    for (const { attemptId, responseBody } of records) {
      const [row] = await bench.sql`select response_body from attempts where id = ${attemptId}`;
      expect(row?.response_body).toEqual(responseBody);
    }
  }
});

describe("a retry", () => {
  test("is due again after its delay, in the retry lane, its lease given back", async () => {
    const delivery = await claimOne();
    expect(await recordAttempts(bench.sql, [retryOf(delivery, 300_000)])).toBe(1);
    expect(await queued()).toEqual([
      { id: delivery.id, lane: 1, retries: 1, attempts: 1, lease_token: null },
    ]);
    expect(await deliveryOf(delivery.id)).toEqual({ status: 0, attempts: 1, finished: false });
    const [row] = await bench.sql`select abs(extract(epoch from q.due_at - now()) - 300) < 5 later,
      a.next_retry_at = q.due_at same from delivery_queue q join attempts a on a.delivery_id = q.id`;
    expect(row).toEqual({ later: true, same: true });
  });

  test("of a bulk replay stays in the replay lane", async () => {
    const delivery = await claimOne();
    await bench.sql`update delivery_queue set lane = 2`;
    await recordAttempts(bench.sql, [retryOf(delivery, 0)]);
    expect(await queued()).toMatchObject([{ lane: 2 }]);
  });

  test("in a day fits, and so does one after 99 attempts", async () => {
    const delivery = await claimOne();
    await recordAttempts(bench.sql, [{ ...retryOf(delivery, 95_040_000), attempt: 99 }]);
    expect(await queued()).toMatchObject([{ lane: 1 }]);
  });
});

describe("an outcome that comes after its lease was taken over", () => {
  const steps: [string, Partial<AttemptRecord>][] = [
    ["delivered", { nextStep: "delivered" }],
    ["failed", { nextStep: "failed" }],
    ["retry", { nextStep: "retry", delayMs: 5 }],
  ];
  test.each(steps)("(%s) leaves its attempt and changes nothing else", async (_name, step) => {
    const late = await claimOne();
    await expireLeases(bench);
    await claimAll(bench);
    const before = [await queued(), await deliveryOf(late.id)];
    expect(await recordAttempts(bench.sql, [recordOf(late, step)])).toBe(0);
    expect([await queued(), await deliveryOf(late.id)]).toEqual(before);
    const attempts = await bench.sql`select n, outcome from attempts order by outcome`;
    expect(attempts).toEqual([
      { n: 1, outcome: "http_2xx" },
      { n: 1, outcome: "lost" },
    ]);
  });

  test("changes nothing when the new owner has finished the delivery", async () => {
    const late = await claimOne();
    await expireLeases(bench);
    const [current] = (await claimAll(bench)).deliveries;
    if (!current) throw new Error("nothing was due");
    await recordAttempts(bench.sql, [recordOf(current)]);
    expect(await recordAttempts(bench.sql, [recordOf(late, { nextStep: "failed" })])).toBe(0);
    expect(await deliveryOf(late.id)).toEqual({ status: 2, attempts: 2, finished: true });
  });

  test("does not spoil its neighbours in the batch", async () => {
    const late = await claimOne();
    await expireLeases(bench);
    await claimAll(bench);
    const good = await claimOne();
    expect(await recordAttempts(bench.sql, [recordOf(late), recordOf(good)])).toBe(1);
    expect(await deliveryOf(good.id)).toMatchObject({ status: 2 });
    expect(await deliveryOf(late.id)).toMatchObject({ status: 0 });
  });
});

test("an outcome still counts when its lease ran out and nobody took it", async () => {
  const delivery = await claimOne();
  await expireLeases(bench);
  expect(await recordAttempts(bench.sql, [recordOf(delivery)])).toBe(1);
  expect(await deliveryOf(delivery.id)).toMatchObject({ status: 2 });
});

test("a batch sent twice, as after a connection lost in the middle, is written once", async () => {
  const [final, again] = [await claimOne(), await claimOne()];
  const batch = [recordOf(final), retryOf(again, 60_000)];
  expect(await recordAttempts(bench.sql, batch)).toBe(2);
  const before = await queued();
  expect(await recordAttempts(bench.sql, batch, { repeated: true })).toBe(0);
  expect(await queued()).toEqual(before);
  expect(await bench.sql`select id from attempts`).toHaveLength(2);
});

test("a batch sent twice is refused, and changes nothing, when it is not said to be", async () => {
  const [known, unknown] = [await claimOne(), await claimOne()];
  const written = retryOf(known, 60_000);
  await recordAttempts(bench.sql, [written]);
  await expect(recordAttempts(bench.sql, [recordOf(unknown), written])).rejects.toThrow("duplicate key");
  expect(await deliveryOf(unknown.id)).toEqual({ status: 0, attempts: 0, finished: false });
  expect(await recordAttempts(bench.sql, [recordOf(unknown), written], { repeated: true })).toBe(1);
  expect(await deliveryOf(unknown.id)).toMatchObject({ status: 2 });
});

test("deliveries of different days, the oldest of no day there is, are recorded together", async () => {
  const today = await claimOne();
  const days = [1, 0, 400];
  const deliveries = days.map((daysAgo) => ({ ...today, id: newId(Date.now() - daysAgo * 86_400_000) }));
  for (const { id, organizationId, eventId, subscriptionId, shard, leaseToken } of deliveries) {
    await bench.sql`insert into deliveries (id, organization_id, event_id, destination_id)
      values (${id}, ${organizationId}, ${eventId}, ${subscriptionId})`;
    await bench.sql`insert into delivery_queue (id, organization_id, event_id, destination_id, shard, lease_token)
      values (${id}, ${organizationId}, ${eventId}, ${subscriptionId}, ${shard}, ${leaseToken})`;
  }
  const records = deliveries.map((delivery, i) => (i === 1 ? retryOf(delivery, 0) : recordOf(delivery)));
  expect(await recordAttempts(bench.sql, records)).toBe(3);
  for (const [i, { id }] of deliveries.entries()) {
    const wanted = i === 1 ? { status: 0, finished: false } : { status: 2, finished: true };
    expect(await deliveryOf(id)).toEqual({ ...wanted, attempts: 1 });
  }
});

test("the ledger adds up: a finished delivery's attempts are the rows there are, lost ones included", async () => {
  await bench.subscribe();
  await bench.subscribe();
  await publishRouted(bench, 20);
  for (let round = 0; round < 6; round++) {
    const { deliveries } = await claimAll(bench);
    const [kept, lost] = [deliveries.filter((_, i) => i % 3 > 0), deliveries.filter((_, i) => i % 3 === 0)];
    const records = kept.map((delivery, i) =>
      i % 2 && round < 4 ? retryOf(delivery, 0) : recordOf(delivery),
    );
    await recordAttempts(bench.sql, records);
    if (lost.length > 0) await expireLeases(bench);
  }
  await recordAttempts(
    bench.sql,
    (await claimAll(bench)).deliveries.map((delivery) => recordOf(delivery)),
  );
  const [sums] =
    await bench.sql`select count(*)::int deliveries, count(*) filter (where status = 2)::int delivered,
    sum(attempts)::int counted, (select count(*)::int from attempts) written from deliveries`;
  expect(sums).toMatchObject({ deliveries: 40, delivered: 40 });
  expect(sums?.counted).toBe(sums?.written);
  expect(await queued()).toEqual([]);
});

test("an outcome for a delivery that never was changes nothing", async () => {
  const delivery = await claimOne();
  const stray = recordOf({ ...delivery, id: newId(Date.now()), leaseToken: "999999999" });
  expect(await recordAttempts(bench.sql, [stray])).toBe(0);
  expect(await queued()).toHaveLength(1);
});
