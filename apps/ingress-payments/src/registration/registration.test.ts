import { randomUUID } from "node:crypto";
import { newId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { callbackUrlOf } from "../mobile-money/callback-address.ts";
import { type MobileMoneyBench, startMobileMoneyBench } from "../testing/mobile-money-bench.ts";

const orangePath = "/api/payments/orange-money";
const mtnPath = "/api/payments/mtn-momo";
let bench: MobileMoneyBench;
let sequence = 0;
let order_id: string;

beforeAll(async () => {
  bench = await startMobileMoneyBench();
});
beforeEach(() => {
  order_id = `order-${++sequence}`;
});
afterAll(() => bench.stop());

const orange = (more: object = {}) => ({ order_id, amount: 5_000, currency: "XOF", ...more });
const tokens = () => ({ notif_token: randomUUID(), pay_token: randomUUID() });
const countPayments = async () => (await bench.sql`select 1 from mobile_payments`).length;

test("a new payment is 201 with the address of its callback, a repeat 200 with the same payment", async () => {
  const first = await bench.call("POST", orangePath, orange());
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({
    provider: "orange-money",
    reference: order_id,
    order_id,
    amount: 5_000,
    currency: "XOF",
    status: "pending",
    callback_url: `https://hooks.example.com${String(first.body.callback_path)}`,
  });
  expect(String(first.body.callback_url).length).toBeLessThanOrEqual(120);
  const again = await bench.call("POST", orangePath, orange({ amount: "5000.00", currency: "xof" }));
  expect([again.status, again.body]).toEqual([200, first.body]);
  const read = await bench.call("GET", `/api/payments/${String(first.body.id)}`);
  expect([read.status, read.body]).toEqual([200, first.body]);
});

test("twenty registrations at once are one payment", async () => {
  const before = await countPayments();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => bench.call("POST", orangePath, orange())),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
  expect(await countPayments()).toBe(before + 1);
});

test("tokens come once: the same again is 200, others are 409, and none of them is ever shown", async () => {
  await bench.call("POST", orangePath, orange());
  const own = tokens();
  const completed = await bench.call("POST", orangePath, orange(own));
  expect(completed.status).toBe(200);
  expect((await bench.call("POST", orangePath, orange(own))).status).toBe(200);
  expect((await bench.call("POST", orangePath, orange())).status).toBe(200);
  for (const other of [
    { ...own, pay_token: randomUUID() },
    { ...own, notif_token: randomUUID() },
  ]) {
    expect((await bench.call("POST", orangePath, orange(other))).status).toBe(409);
  }
  const row = await bench.payment("orange-money", order_id);
  const shown = JSON.stringify([completed.body, row]) + String(row.secrets) + String(row.notif_token_hash);
  for (const token of Object.values(own)) expect(shown).not.toContain(token);
});

test("a notification token belongs to one payment", async () => {
  const own = tokens();
  await bench.call("POST", orangePath, orange(own));
  order_id = `order-${++sequence}`;
  expect((await bench.call("POST", orangePath, orange(own))).status).toBe(409);
  await bench.call("POST", orangePath, orange());
  expect((await bench.call("POST", orangePath, orange(own))).status).toBe(409);
});

test.each([
  ["amount", { amount: 5_001 }],
  ["currency", { currency: "XAF" }],
  ["customer_id", { customer_id: "cus_1" }],
])("another %s under the same order is 409 and changes nothing", async (field, change) => {
  const first = await bench.call("POST", orangePath, orange());
  const other = await bench.call("POST", orangePath, orange(change));
  expect([other.status, other.body.code]).toEqual([409, "conflict"]);
  expect(other.body.detail).toContain(field);
  expect((await bench.call("GET", `/api/payments/${String(first.body.id)}`)).body).toEqual(first.body);
});

test("MTN's reference is what makes a payment the same, whatever its letters' case; the payer's number is sealed", async () => {
  const reference = randomUUID();
  const body = { reference, amount: 50.5, currency: "EUR", payer_id: "46733123450" };
  const first = await bench.call("POST", mtnPath, body);
  expect([first.status, first.body.amount, first.body.order_id]).toEqual([201, 50.5, null]);
  const again = await bench.call("POST", mtnPath, { ...body, reference: reference.toUpperCase() });
  expect([again.status, again.body.id]).toEqual([200, first.body.id]);
  expect((await bench.call("POST", mtnPath, { ...body, payer_id: "46733000000" })).status).toBe(409);
  expect((await bench.call("POST", mtnPath, { ...body, external_id: "other" })).status).toBe(409);
  const row = await bench.payment("mtn-momo", reference);
  expect(JSON.stringify([first.body, row]) + String(row.secrets)).not.toContain("46733123450");
});

describe("what is refused changes nothing", () => {
  test.each<[string, string, object]>([
    ["no amount", orangePath, { amount: undefined }],
    ["an amount of 0", orangePath, { amount: 0 }],
    ["a negative amount", orangePath, { amount: -1 }],
    ["a fraction, which Orange Money has not", orangePath, { amount: 50.5 }],
    ["an amount in scientific notation", orangePath, { amount: "5e3" }],
    ["an amount beyond all money", orangePath, { amount: 1e15 }],
    ["an order id with a slash", orangePath, { order_id: "a/b" }],
    ["an order id of 31 characters", orangePath, { order_id: "a".repeat(31) }],
    ["one token without the other", orangePath, { notif_token: "x".repeat(32) }],
    ["a field nobody knows", orangePath, { merchant_key: "x" }],
    ["a reference that is no uuid", mtnPath, { reference: "x", amount: 1, currency: "EUR" }],
    ["three decimals", mtnPath, { reference: randomUUID(), amount: "1.001", currency: "EUR" }],
    ["a payer with letters", mtnPath, { reference: randomUUID(), amount: 1, currency: "EUR", payer_id: "x" }],
  ])("%s is 422", async (_name, path, change) => {
    const before = await countPayments();
    const body = path === orangePath ? orange(change) : change;
    expect((await bench.call("POST", path, body)).status).toBe(422);
    expect(await countPayments()).toBe(before);
  });

  test("no key is 401, a key without the scope or of another organization 403", async () => {
    const before = await countPayments();
    const strangerId = newId(Date.now());
    await bench.sql`insert into organizations (id, name) values (${strangerId}, 'stranger')`;
    expect((await bench.call("POST", orangePath, orange(), "cw_live_nobody")).status).toBe(401);
    const reader = await bench.createKey(["payments:read"]);
    expect((await bench.call("POST", orangePath, orange(), reader)).status).toBe(403);
    const stranger = await bench.createKey(["payments:write", "payments:read"], strangerId);
    expect((await bench.call("POST", orangePath, orange(), stranger)).status).toBe(403);
    expect(await countPayments()).toBe(before);
    const { body } = await bench.call("POST", orangePath, orange());
    expect((await bench.call("GET", `/api/payments/${String(body.id)}`, undefined, stranger)).status).toBe(
      403,
    );
  });

  test("an id nobody has is 404", async () => {
    for (const id of ["pay_00000000000000000000000000", "webhooks", "x"]) {
      expect((await bench.call("GET", `/api/payments/${id}`)).status).toBe(404);
    }
  });
});

test("a provider that is not configured is 503 and says so", async () => {
  const off = await startMobileMoneyBench([]);
  for (const [path, body] of [
    [orangePath, orange()],
    [mtnPath, { reference: randomUUID(), amount: 1, currency: "EUR" }],
  ] as const) {
    const answer = await off.call("POST", path, body);
    expect([answer.status, answer.body.code]).toEqual([503, "service_unavailable"]);
    expect(answer.body.detail).toContain("not configured");
  }
  await off.stop();
});

test("no answer of the API may be kept by a cache", async () => {
  for (const path of [orangePath, "/api/payments/x"]) {
    const answer = await fetch(bench.url + path);
    await answer.body?.cancel();
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
});

test("of more than 32 registrations at once the others are 503 at once, while callbacks are not", async () => {
  const answered: number[] = [];
  const register = async () => void answered.push((await bench.call("POST", orangePath, orange())).status);
  const registrations = await bench.sql.begin(async (tx) => {
    await tx`lock table mobile_payments in access exclusive mode`;
    const running = Promise.all(Array.from({ length: 40 }, register));
    await eventually(() => answered.length === 8, { timeoutMs: 10_000, description: "eight answers" });
    const wrongTag = `/api/payments/webhooks/orange-money/${order_id}/${"t".repeat(22)}`;
    expect((await bench.callback(wrongTag, {})).status).toBe(404);
    return { running };
  });
  await registrations.running;
  expect(answered.slice(0, 8)).toEqual(Array(8).fill(503));
  expect(answered.slice(8).sort()).toEqual([...Array(31).fill(200), 201]);
});

test("an address that is too long for Orange Money gives way to the one all payments share", () => {
  const path = `/api/payments/webhooks/orange-money/order-1/${"t".repeat(22)}`;
  const long = `https://${"h".repeat(60)}.example`;
  expect(callbackUrlOf(long, "orange-money", path)).toBe(`${long}/api/payments/webhooks/orange-money`);
  expect(callbackUrlOf(long, "mtn-momo", path)).toBe(`${long}${path}`);
});
