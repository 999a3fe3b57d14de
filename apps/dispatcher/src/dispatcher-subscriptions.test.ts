import { holdDeliveries, releaseDeliveries } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publishRouted } from "./testing/claiming.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;
let dispatcher: RunningDispatcher;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench();
  dispatcher = await startDispatcher(bench, { scheduleMs: [100] });
});
afterAll(async () => {
  await dispatcher.stop();
  expect(await dispatcher.inFlight()).toBe(0);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  dispatcher.errors.length = 0;
  receiver = await startReceiver();
  return () => receiver.close();
});

async function publish(): Promise<string> {
  const eventId = await bench.publish();
  await bench.wake();
  return eventId;
}

const settled = (eventId: string, status: string) =>
  waitUntil(async () => (await bench.deliveries(eventId)).some((delivery) => delivery.status === status));

/** As the API pauses and resumes. */
function setActive(id: string, active: boolean): Promise<unknown> {
  return bench.sql.begin(async (tx) => {
    await tx`update subscriptions set active = ${active}, version = version + 1 where id = ${id}`;
    await (active ? releaseDeliveries(tx, id) : holdDeliveries(tx, id));
  });
}

describe("a paused subscription", () => {
  test("holds what comes, and drains it when it is resumed", async () => {
    const { id } = await bench.subscribe({ url: receiver.url });
    await setActive(id, false);
    const events = [await publish(), await publish()];
    for (const eventId of events) await settled(eventId, "held");
    expect(receiver.total()).toBe(0);
    await setActive(id, true);
    for (const eventId of events) await settled(eventId, "delivered");
    expect(receiver.total()).toBe(2);
  });

  test("holds a delivery that was routed just before, although its queue row came after the hold", async () => {
    const { id } = await bench.subscribe({ url: receiver.url });
    await bench.sql`update subscriptions set active = false, version = version + 1 where id = ${id}`;
    const eventId = await publish();
    await settled(eventId, "held");
    expect(receiver.total()).toBe(0);
    expect(await bench.deliveries(eventId)).toMatchObject([{ attempts: 0 }]);
  });

  test("between attempts is not sent to again", async () => {
    receiver.answer({ status: 500 });
    const { id } = await bench.subscribe({ url: receiver.url });
    const eventId = await publish();
    await receiver.waitFor(1, patienceMs);
    await setActive(id, false);
    await settled(eventId, "held");
    const sent = receiver.total();
    await setActive(id, true);
    receiver.answer({ status: 200 });
    await settled(eventId, "delivered");
    expect(receiver.total()).toBe(sent + 1);
    const [sums] =
      await bench.sql`select attempts, (select count(*)::int from attempts) written from deliveries`;
    expect(sums?.attempts).toBe(sums?.written);
  });
});

test("a deleted subscription's deliveries are cancelled, also in the middle of their retries", async () => {
  receiver.answer({ status: 500 });
  const { id } = await bench.subscribe({ url: receiver.url });
  const eventId = await publish();
  await receiver.waitFor(1, patienceMs);
  await bench.sql`delete from subscriptions where id = ${id}`;
  await settled(eventId, "cancelled");
  expect(await bench.sql`select id from delivery_queue`).toHaveLength(0);
});

test("a deleted subscription's whole backlog is cancelled soon, not two deliveries per sweep", async () => {
  const { id } = await bench.subscribe({ url: receiver.url });
  await publishRouted(bench, 40);
  await bench.sql`delete from subscriptions where id = ${id}`;
  await waitUntil(async () => (await bench.deliveries()).every(({ status }) => status !== "pending"));
});

test("a changed address is used from the next attempt on", async () => {
  receiver.answer({ status: 500 });
  const { id } = await bench.subscribe({ url: `${receiver.url}/old` });
  const eventId = await publish();
  await receiver.waitFor(1, patienceMs);
  await bench.sql`update subscriptions set url = ${`${receiver.url}/new`}, version = version + 1 where id = ${id}`;
  await receiver.waitFor(receiver.total() + 2, patienceMs);
  receiver.answer({ status: 200 });
  await settled(eventId, "delivered");
  expect(receiver.requests().at(-1)?.path).toBe("/new");
});

test("a late refusal of an address that was changed meanwhile does not stop the new one", async () => {
  const answered = Promise.withResolvers<void>();
  receiver.answer(async () => {
    await answered.promise;
    return { status: 410 };
  });
  const { id } = await bench.subscribe({ url: `${receiver.url}/old` });
  const refused = await publish();
  await receiver.waitFor(1, patienceMs);
  await bench.sql`update subscriptions set url = ${`${receiver.url}/new`}, version = version + 1 where id = ${id}`;
  receiver.answer({ status: 200 });
  answered.resolve();
  await settled(refused, "failed");
  const next = await publish();
  await settled(next, "delivered");
  expect(receiver.requests().at(-1)?.path).toBe("/new");
  expect(await bench.sql`select active from subscriptions`).toEqual([{ active: true }]);
});

describe("what cannot be read", () => {
  test("another organization's broken data key delays only its own deliveries", async () => {
    await bench.subscribe({ url: receiver.url });
    const broken = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${broken}, 'broken')`;
    const id = newId(Date.now());
    await bench.sql`insert into subscriptions (id, organization_id, name, url, shard, created_by)
      values (${id}, ${broken}, 'x', ${receiver.url}, 3, 'bench')`;
    await bench.sql`insert into subscription_patterns (organization_id, pattern, subscription_id, shard)
      values (${broken}, '*', ${id}, 3)`;
    await bench.sql`insert into subscription_secrets (id, organization_id, subscription_id, secret)
      values (${newId(Date.now())}, ${broken}, ${id}, 'not sealed by anyone')`;
    const stuck = await bench.publish(
      { organizationId: broken },
      (tx) => tx`update data_keys set key_encryption_key_id = 'lost' where organization_id = ${broken}`,
    );
    const fine = await publish();
    await settled(fine, "delivered");
    await waitUntil(async () => {
      const [row] =
        await bench.sql`select due_at > now() later from delivery_queue where event_id = ${stuck}`;
      return row?.later;
    });
    expect(await bench.deliveries(stuck)).toMatchObject([{ status: "pending", attempts: 0 }]);
    expect(dispatcher.errors.length).toBeGreaterThan(0);
  });

  test("a payload that does not open is tried again, and goes out once it does", async () => {
    await bench.subscribe({ url: receiver.url });
    let kept: Buffer | null = null;
    const eventId = await bench.publish({}, async (tx, id) => {
      const [row] = await tx<{ body: Buffer }[]>`select body from event_payloads where id = ${id}`;
      kept = row?.body ?? null;
      await tx`update event_payloads set body = ${Buffer.from("0".repeat(64))} where id = ${id}`;
    });
    await bench.wake();
    await waitUntil(async () => (await bench.attempts(eventId)).length >= 2);
    expect((await bench.attempts(eventId))[0]).toMatchObject({
      outcome: "payload_unreadable",
      nextStep: "retry",
    });
    await bench.sql`update event_payloads set body = ${kept} where id = ${eventId}`;
    await settled(eventId, "delivered");
    expect(receiver.total()).toBe(1);
  });

  test.each([
    ["erased", "update event_payloads set body = null where id = $1"],
    ["dropped with its partition", "delete from event_payloads where id = $1"],
  ])("a payload that was %s fails its delivery at once, nothing else", async (_how, statement) => {
    await bench.subscribe({ url: receiver.url });
    const erased = await bench.publish({}, (tx, id) => tx.unsafe(statement, [id]));
    const kept = await bench.publish();
    await bench.wake();
    await settled(erased, "failed");
    await settled(kept, "delivered");
    expect(await bench.attempts(erased)).toMatchObject([{ outcome: "payload_erased", nextStep: "failed" }]);
    expect(receiver.total()).toBe(1);
  });
});
