import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type MobileMoneyBench, startMobileMoneyBench } from "../../testing/mobile-money-bench.ts";
import failed from "./samples/notification_failed.json" with { type: "json" };
import success from "./samples/notification_success.json" with { type: "json" };

const sharedPath = "/api/payments/webhooks/orange-money";
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
async function settle(): Promise<string> {
  await bench.takeHints();
  await bench.look("orange-money");
  return (await payment()).state;
}

async function keptRequests(): Promise<number> {
  const [row] = await bench.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

test.each([
  [success, "SUCCESS", "succeeded", ["payment.succeeded", "order.paid"]],
  [failed, "FAILED", "failed", ["payment.failed"]],
] as const)(
  "the sample of a notification has the payment looked at, and settled as the status says",
  async (sample, status, state, told) => {
    const path = await start();
    bench.orange.become(orderId, status, sample.txnid);
    const { notif_token } = bench.orange.notification(orderId);
    const answer = await bench.callback(path, { ...sample, notif_token });
    expect([answer.status, answer.body.received]).toEqual([200, true]);
    expect((await payment()).state).toBe("pending");
    expect(await settle()).toBe(state);
    expect(await toldTypes()).toEqual(told);
    expect((await payment()).provider_transaction_id).toBe(sample.txnid);
  },
);

test("one look-up shows the way from the notification to what was told because of it", async () => {
  const path = await start();
  bench.orange.become(orderId, "SUCCESS");
  const { body } = await bench.callback(path, bench.orange.notification(orderId));
  await settle();
  const rows = await bench.sql<{ type: string }[]>`
    select e.type from events e join events hint on hint.id = e.caused_by
    join inbound_requests r on r.id = hint.inbound_request_id where r.external_id = ${orderId} order by e.id`;
  expect(body.received).toBe(true);
  expect(rows.map(({ type }) => type)).toEqual(["payment.succeeded", "order.paid"]);
});

test("a notification to the address that all payments share is known by its token, by PUT as by POST", async () => {
  await start();
  bench.orange.become(orderId, "SUCCESS");
  expect((await bench.callback(sharedPath, bench.orange.notification(orderId), "PUT")).status).toBe(200);
  expect(await settle()).toBe("succeeded");
});

test.each([null, "application/octet-stream", "application/json; charset=latin1"])(
  "a notification that names the media type %s is noted",
  async (contentType) => {
    const path = await start();
    bench.orange.become(orderId, "SUCCESS");
    const before = await keptRequests();
    const answer = await bench.callback(path, bench.orange.notification(orderId), "POST", contentType);
    expect([answer.status, answer.body.received]).toEqual([200, true]);
    expect(await keptRequests()).toBe(before + 1);
    expect(await settle()).toBe("succeeded");
  },
);

test("what subscribers are told names payment, order, amount and currency, and no token", async () => {
  await register({ customer_id: "cus_1" });
  const { notif_token, pay_token } = bench.orange.start({ orderId, amount: 5_000 });
  await register({ customer_id: "cus_1", notif_token, pay_token });
  bench.orange.become(orderId, "SUCCESS", "MP1");
  bench.clock.advance(15_000);
  await bench.look("orange-money");
  const told = (await bench.told()).filter(({ data }) => data.order_id === orderId);
  const { id } = (
    await bench.call("POST", "/api/payments/orange-money", {
      order_id: orderId,
      amount: "5000",
      currency: "xof",
      customer_id: "cus_1",
    })
  ).body;
  const facts = { payment_id: id, provider: "orange-money", order_id: orderId, customer_id: "cus_1" };
  const money = { amount: 5_000, currency: "XOF", livemode: false, provider_transaction_id: "MP1" };
  expect(told.map(({ data }) => data)).toEqual([
    { ...facts, ...money },
    { ...facts, amount: 5_000, currency: "XOF", livemode: false },
  ]);
  const stored = await bench.sql`select row_to_json(p)::text as text from mobile_payments p`;
  for (const token of [notif_token, pay_token]) expect(JSON.stringify([told, stored])).not.toContain(token);
});

describe("a notification nobody can have been asked to send", () => {
  test("under an address with a wrong tag is 404, and not kept", async () => {
    const path = await start();
    const before = await keptRequests();
    const body = bench.orange.notification(orderId);
    for (const wrong of [
      `${path.slice(0, -22)}${"A".repeat(22)}`,
      `${sharedPath}/another/${path.slice(-22)}`,
    ]) {
      expect((await bench.callback(wrong, body)).status).toBe(404);
    }
    expect((await bench.callback(`${sharedPath}/${orderId}`, body)).status).toBe(404);
    expect(await keptRequests()).toBe(before);
  });

  test.each([
    ["an unknown token", () => "f".repeat(32)],
    ["the pay token in place of the notification's", (started: { pay_token: string }) => started.pay_token],
  ])("with %s is 200, kept nowhere, and changes nothing", async (_name, tokenOf) => {
    await register();
    const started = bench.orange.start({ orderId, amount: 5_000 });
    await register({ notif_token: started.notif_token, pay_token: started.pay_token });
    const before = await keptRequests();
    const answer = await bench.callback(sharedPath, { ...success, notif_token: tokenOf(started) });
    expect(answer).toEqual({ status: 200, body: { received: true } });
    expect(await keptRequests()).toBe(before);
    expect((await payment()).hinted_at).toBeNull();
  });

  test("with the token of another order is 200 and changes nothing", async () => {
    await start();
    const other = bench.orange.notification(orderId);
    orderId = `order-${++sequence}`;
    const path = await start();
    const before = await keptRequests();
    expect(await bench.callback(path, other)).toEqual({ status: 200, body: { received: true } });
    expect(await keptRequests()).toBe(before);
    expect((await payment()).hinted_at).toBeNull();
  });

  test.each(["", "null", "[]", "{}", '{"notif_token":7}', "[".repeat(50_000), '{"__proto__":{}}'])(
    "that names no payment is 400, and not kept",
    async (body) => {
      const before = await keptRequests();
      expect((await bench.callback(sharedPath, body)).status).toBe(400);
      expect(await keptRequests()).toBe(before);
    },
  );

  test("by DELETE is 405, larger than 64 KiB 413", async () => {
    expect((await bench.callback(sharedPath, {}, "DELETE")).status).toBe(405);
    expect((await bench.callback(sharedPath, " ".repeat(70_000))).status).toBe(413);
  });
});

test("repeats are one event, and a payment that is settled stays what it is", async () => {
  const path = await start();
  bench.orange.become(orderId, "SUCCESS");
  const body = bench.orange.notification(orderId);
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.callback(path, body)));
  expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
  expect(await settle()).toBe("succeeded");
  bench.orange.become(orderId, "FAILED");
  await bench.callback(path, { ...body, status: "FAILED" });
  expect(await settle()).toBe("succeeded");
  expect(await toldTypes()).toEqual(["payment.succeeded", "order.paid"]);
});

test("a notification that comes before the tokens has the payment looked at as soon as they are there", async () => {
  const { body } = await register();
  const tokens = bench.orange.start({ orderId, amount: 5_000 });
  bench.orange.become(orderId, "SUCCESS");
  expect((await bench.callback(String(body.callback_path), bench.orange.notification(orderId))).status).toBe(
    200,
  );
  expect(await settle()).toBe("pending");
  await register({ notif_token: tokens.notif_token, pay_token: tokens.pay_token });
  expect(await settle()).toBe("succeeded");
});

test("tokens that come after the payment was given up have it looked at like a new one", async () => {
  await register();
  bench.clock.advance(24 * 3_600_000);
  expect(await settle()).toBe("expired");
  const { notif_token, pay_token } = bench.orange.start({ orderId, amount: 5_000 });
  const { body } = await register({ notif_token, pay_token });
  expect([body.status, body.problem]).toEqual(["pending", null]);
  bench.clock.advance(15_000);
  expect(await settle()).toBe("pending");
  expect((await payment()).next_look_at).not.toBeNull();
  bench.orange.become(orderId, "SUCCESS");
  bench.clock.advance(15_000);
  expect(await settle()).toBe("succeeded");
});

test("a callback is acknowledged within 2 s while the provider hangs", async () => {
  const path = await start();
  bench.orange.interject({ hang: true });
  bench.clock.advance(15_000);
  const looking = bench.look("orange-money", bench.hastyAsks);
  // The fastest of several counts: how busy the machine is with other tests is not the service's doing.
  const isQuick = async () => {
    const startedAt = performance.now();
    expect((await bench.callback(path, bench.orange.notification(orderId))).status).toBe(200);
    return performance.now() - startedAt < 2_000;
  };
  await eventually(isQuick, { description: "an answer within two seconds" });
  await looking;
});
