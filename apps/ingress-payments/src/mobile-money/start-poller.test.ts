import { randomUUID } from "node:crypto";
import { newId } from "@carewire/envelope";
import { createMetrics } from "@carewire/service-kit";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MobileMoneyBench, startMobileMoneyBench } from "../testing/mobile-money-bench.ts";
import { createLookMetrics, type LookObserver, startPoller } from "./start-poller.ts";

let bench: MobileMoneyBench;

beforeAll(async () => {
  bench = await startMobileMoneyBench();
});
afterAll(() => bench.stop());

async function addPayments(count: number): Promise<string[]> {
  const references = Array.from({ length: count }, () => randomUUID());
  for (const reference of references) {
    await bench.call("POST", "/api/payments/mtn-momo", { reference, amount: 50, currency: "XAF" });
    bench.mtn.start({ reference, amount: "50", currency: "XAF", externalId: reference, payerId: "1" });
    bench.mtn.become(reference, "SUCCESSFUL");
  }
  return references;
}

const poll = (observe: LookObserver = () => {}) =>
  startPoller({
    ...bench.deps,
    organizationId: bench.organizationId,
    provider: "mtn-momo",
    readStatus: bench.asks["mtn-momo"],
    livemode: true,
    observe,
    intervalMs: 20,
  });

const statesOf = async (references: string[]): Promise<string[]> => {
  const rows = await bench.sql<{ state: string }[]>`
    select state from mobile_payments where reference = any(${references})`;
  return rows.map(({ state }) => state);
};

test("payments that no callback ever reaches are settled on schedule, each asked for by one of three workers", async () => {
  const references = await addPayments(25);
  const metrics = createMetrics({ service: "test" });
  const before = bench.mtn.counts().status;
  const observe = createLookMetrics(metrics);
  const pollers = [poll(observe), poll(observe), poll(observe)];
  bench.clock.advance(14_999);
  expect(new Set(await statesOf(references))).toEqual(new Set(["pending"]));
  bench.clock.advance(1);
  await eventually(async () => (await statesOf(references)).every((state) => state === "succeeded"));
  await Promise.all(pollers.map((poller) => poller.stop()));
  expect(bench.mtn.counts().status - before).toBe(25);
  expect((await bench.told()).filter(({ type }) => type === "payment.succeeded")).toHaveLength(25);
  expect(await metrics.registry.metrics()).toContain(
    'carewire_mobile_money_looks_total{provider="mtn-momo",outcome="succeeded",service="test"} 25',
  );
});

test("a worker that is told to stop gives up what it asks and leaves the payment due to the next one", async () => {
  const [reference = ""] = await addPayments(1);
  bench.mtn.interject({ hang: true });
  bench.clock.advance(15_000);
  const before = bench.mtn.counts().status;
  const poller = poll();
  await eventually(() => bench.mtn.counts().status > before);
  await poller.stop();
  const payment = await bench.payment("mtn-momo", reference);
  expect([payment.state, payment.lease_token]).toEqual(["pending", null]);
  const next = poll();
  await eventually(async () => (await statesOf([reference]))[0] === "succeeded");
  await next.stop();
});

test("another organization's payment, due for longer, is left to that organization's worker", async () => {
  const othersId = newId(Date.now());
  await bench.sql`insert into organizations (id, name) values (${othersId}, 'other')`;
  const [others = "", ours = ""] = await addPayments(2);
  await bench.sql`
    update mobile_payments set organization_id = ${othersId}, next_look_at = registered_at
    where reference = ${others}`;
  bench.clock.advance(15_000);
  const poller = poll();
  await eventually(async () => (await statesOf([ours]))[0] === "succeeded");
  await poller.stop();
  const payment = await bench.payment("mtn-momo", others);
  expect([payment.state, payment.look_count, payment.lease_token]).toEqual(["pending", 0, null]);
});

test("the poller outlives a look that fails", async () => {
  const [reference = ""] = await addPayments(1);
  bench.clock.advance(15_000);
  let looks = 0;
  const clock = { now: () => (++looks === 1 ? Number.NaN : bench.clock.now()) };
  const poller = startPoller({
    ...bench.deps,
    organizationId: bench.organizationId,
    clock,
    provider: "mtn-momo",
    readStatus: bench.asks["mtn-momo"],
    livemode: true,
    observe: () => {},
    intervalMs: 20,
  });
  await eventually(async () => (await statesOf([reference]))[0] === "succeeded");
  await poller.stop();
});

test("a payment whose outcome never becomes known is given up after a day, visibly, and a late word still counts", async () => {
  const [reference = ""] = await addPayments(1);
  bench.mtn.become(reference, "PENDING");
  bench.clock.advance(25 * 3_600_000);
  expect(await bench.look("mtn-momo")).toEqual(["expired"]);
  const { body } = await bench.call("POST", "/api/payments/mtn-momo", {
    reference,
    amount: 50,
    currency: "XAF",
  });
  expect([body.status, body.next_look_at]).toEqual(["expired", null]);
  const told = async () => (await bench.told()).filter(({ data }) => data.payment_id === body.id);
  expect(await told()).toMatchObject([{ type: "payment.pending", data: { reason: "unconfirmed" } }]);
  bench.mtn.become(reference, "SUCCESSFUL");
  await bench.callback(String(body.callback_path), bench.mtn.callback(reference));
  await bench.takeHints();
  expect(await bench.look("mtn-momo")).toEqual(["succeeded"]);
  expect((await told()).map(({ type }) => type)).toEqual(["payment.pending", "payment.succeeded"]);
});
