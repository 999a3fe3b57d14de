import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type MobileMoneyBench, startMobileMoneyBench } from "../../testing/mobile-money-bench.ts";
import success from "./samples/notification_success.json" with { type: "json" };

let bench: MobileMoneyBench;
let sequence = 0;
let orderId: string;

beforeAll(async () => {
  bench = await startMobileMoneyBench();
});
beforeEach(() => {
  orderId = `order-${++sequence}`;
});
afterAll(() => bench.stop());

const register = (more: object = {}) =>
  bench.call("POST", "/api/payments/orange-money", {
    order_id: orderId,
    amount: 5_000,
    currency: "XOF",
    ...more,
  });

/** Registers, starts the payment with Orange Money, and registers what it answered; returns its own callback path. */
async function start(): Promise<string> {
  const { body } = await register();
  const { notif_token, pay_token } = bench.orange.start({ orderId, amount: 5_000 });
  expect((await register({ notif_token, pay_token })).status).toBe(200);
  return String(body.callback_path);
}

const payment = () => bench.payment("orange-money", orderId);
const toldTypes = async () =>
  (await bench.told()).filter(({ data }) => data.order_id === orderId).map(({ type }) => type);

/** What the notifications that are stored, and the looks due after them, make of the payment. */
async function settle(asks = bench.asks): Promise<string> {
  await bench.takeHints();
  await bench.look("orange-money", asks);
  return (await payment()).state;
}

describe("what a notification claims moves nothing", () => {
  test.each([
    ["PENDING", "pending"],
    ["INITIATED", "pending"],
    ["FAILED", "failed"],
    ["EXPIRED", "failed"],
  ] as const)("it says SUCCESS and the status %s: %s, no credit", async (status, state) => {
    const path = await start();
    bench.orange.become(orderId, status);
    const { notif_token } = bench.orange.notification(orderId);
    await bench.callback(path, { ...success, notif_token });
    expect(await settle()).toBe(state);
    expect(await toldTypes()).not.toContain("payment.succeeded");
  });

  test.each([
    ["404", { status: 404, body: '{"code":60,"message":"Resource not found"}' }, "not_found"],
    ["500", { status: 500, body: "{}" }, "provider_unavailable"],
    ["429", { status: 429 }, "provider_unavailable"],
    ["a page of HTML", { status: 200, body: "<html>" }, "answer_unreadable"],
    ["nothing, ever", { hang: true as const }, "no_answer"],
    ["a broken connection", { destroy: true as const }, "provider_unavailable"],
    [
      "another order",
      { status: 201, body: '{"status":"SUCCESS","order_id":"order-0","txnid":"x"}' },
      "order_differs",
    ],
    ["an unknown word", { status: 201, body: "" }, "answer_unreadable"],
  ])("it says SUCCESS and the status answers %s: looked at again", async (_name, answer, problem) => {
    const path = await start();
    bench.orange.become(orderId, "SUCCESS");
    await bench.callback(path, bench.orange.notification(orderId));
    bench.orange.interject(answer);
    expect(await settle("hang" in answer ? bench.hastyAsks : bench.asks)).toBe("pending");
    expect((await payment()).problem).toBe(problem);
    bench.clock.advance(30_000);
    await bench.look("orange-money");
    expect((await payment()).state).toBe("succeeded");
  });

  test("the status of another amount is refused by the provider, and settles nothing", async () => {
    await register();
    const tokens = bench.orange.start({ orderId, amount: 50 });
    await register({ notif_token: tokens.notif_token, pay_token: tokens.pay_token });
    bench.orange.become(orderId, "SUCCESS");
    bench.clock.advance(15_000);
    await bench.look("orange-money");
    expect(await payment()).toMatchObject({ state: "pending", problem: "request_refused" });
  });
});

test("the token is fetched once for many looks, and again when the provider takes it no more", async () => {
  for (let i = 0; i < 5; i++) {
    await start();
    orderId = `order-${++sequence}`;
  }
  bench.clock.advance(15_000);
  await bench.look("orange-money");
  const before = bench.orange.counts().token;
  bench.clock.advance(15_000);
  bench.orange.revokeTokens();
  expect(await bench.look("orange-money")).not.toContain("fenced_off");
  expect(bench.orange.counts().token - before).toBe(1);
});
