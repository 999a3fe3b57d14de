import { randomUUID } from "node:crypto";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { unsettled } from "../../mobile-money/status-reading.ts";
import { type MobileMoneyBench, startMobileMoneyBench } from "../../testing/mobile-money-bench.ts";
import { mtnMomoProvider } from "./provider.ts";
import failed from "./samples/callback_failed.json" with { type: "json" };
import failedText from "./samples/callback_failed_reason_text.json" with { type: "json" };
import successful from "./samples/callback_successful.json" with { type: "json" };

const sharedPath = "/api/payments/webhooks/mtn-momo";
const payerId = "46733123450";
let bench: MobileMoneyBench;
let reference: string;
let path: string;

beforeAll(async () => {
  bench = await startMobileMoneyBench();
});
beforeEach(async () => {
  reference = randomUUID();
  const { status, body } = await register();
  expect(status).toBe(201);
  path = String(body.callback_path);
  bench.mtn.start({ reference, amount: "50", currency: "EUR", externalId: reference, payerId });
});
afterAll(() => bench.stop());

const registration = () => ({
  reference,
  order_id: `order-${reference}`,
  amount: "50.00",
  currency: "EUR",
  payer_id: payerId,
});
const register = (more: object = {}) =>
  bench.call("POST", "/api/payments/mtn-momo", { ...registration(), ...more });
const payment = () => bench.payment("mtn-momo", reference);
const toldTypes = async () =>
  (await bench.told()).filter(({ data }) => data.order_id === `order-${reference}`).map(({ type }) => type);

async function settle(asks = bench.asks): Promise<string> {
  await bench.takeHints();
  await bench.look("mtn-momo", asks);
  return (await payment()).state;
}

async function keptRequests(): Promise<number> {
  const [row] = await bench.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

test.each([
  [successful, "succeeded", null, ["payment.succeeded", "order.paid"]],
  [failed, "failed", "approval_rejected", ["payment.failed"]],
  [failedText, "failed", "expired", ["payment.failed"]],
] as const)(
  "the sample of a callback has the payment looked at, and settled as the status says",
  async (sample, state, reason, told) => {
    const status = state === "succeeded" ? "SUCCESSFUL" : "FAILED";
    bench.mtn.become(reference, status, "reason" in sample ? { reason: sample.reason } : {});
    const answer = await bench.callback(path, { ...sample, externalId: reference }, "PUT");
    expect([answer.status, answer.body.received]).toEqual([200, true]);
    expect((await payment()).state).toBe("pending");
    expect(await settle()).toBe(state);
    expect([(await payment()).reason, await toldTypes()]).toEqual([reason, told]);
  },
);

test("a callback to the address that all payments share is known by its external id", async () => {
  bench.mtn.become(reference, "SUCCESSFUL");
  expect((await bench.callback(sharedPath, bench.mtn.callback(reference))).status).toBe(200);
  expect(await settle()).toBe("succeeded");
});

test("an address with its tag says enough: the body may be anything", async () => {
  bench.mtn.become(reference, "SUCCESSFUL");
  expect((await bench.callback(path, "not even JSON")).status).toBe(200);
  expect(await settle()).toBe("succeeded");
});

test.each([null, "application/octet-stream", "application/json; charset=latin1"])(
  "a callback that names the media type %s is noted",
  async (contentType) => {
    bench.mtn.become(reference, "SUCCESSFUL");
    const before = await keptRequests();
    const answer = await bench.callback(path, bench.mtn.callback(reference), "PUT", contentType);
    expect([answer.status, answer.body.received]).toEqual([200, true]);
    expect(await keptRequests()).toBe(before + 1);
    expect(await settle()).toBe("succeeded");
  },
);

describe("a callback that says SUCCESSFUL gives no credit", () => {
  test.each([
    ["another amount", { amount: "5" }, "amount_differs"],
    ["an amount in words", { amount: "5e1" }, "amount_differs"],
    ["no amount", { amount: undefined }, "amount_differs"],
    ["another currency", { currency: "XAF" }, "currency_differs"],
    ["another order", { externalId: randomUUID() }, "order_differs"],
    ["another payer", { payer: { partyIdType: "MSISDN", partyId: "46700000000" } }, "payer_differs"],
    ["no payer", { payer: undefined }, "payer_differs"],
  ])("while the status names %s", async (_name, change, problem) => {
    bench.mtn.become(reference, "SUCCESSFUL", change);
    await bench.callback(path, bench.mtn.callback(reference));
    expect(await settle()).toBe("pending");
    expect([(await payment()).problem, await toldTypes()]).toEqual([problem, []]);
  });

  test.each([
    ["404, which means unknown", { status: 404, body: '{"code":"RESOURCE_NOT_FOUND"}' }, "not_found"],
    [
      "500 with a code",
      { status: 500, body: '{"code":"INTERNAL_PROCESSING_ERROR"}' },
      "provider_unavailable",
    ],
    ["500 that claims success", { status: 500, body: '{"status":"SUCCESSFUL"}' }, "provider_unavailable"],
    ["a page of HTML", { status: 200, body: "<html>Request Rejected</html>" }, "answer_unreadable"],
    ["more than anybody reads", { status: 200, body: `{"x":"${"x".repeat(70_000)}"}` }, "answer_unreadable"],
    ["nothing, ever", { hang: true as const }, "no_answer"],
  ])("while the status answers %s; it is looked at again", async (_name, answer, problem) => {
    bench.mtn.become(reference, "SUCCESSFUL");
    await bench.callback(path, bench.mtn.callback(reference));
    bench.mtn.interject(answer);
    expect(await settle("hang" in answer ? bench.hastyAsks : bench.asks)).toBe("pending");
    expect((await payment()).problem).toBe(problem);
    bench.clock.advance(15_000);
    expect(await settle()).toBe("succeeded");
  });

  test.each(["SERVICE_UNAVAILABLE", { code: "INTERNAL_PROCESSING_ERROR", message: "x" }])(
    "a failure of MTN's own systems is not the payment's",
    async (reason) => {
      bench.mtn.become(reference, "FAILED", { reason });
      await bench.callback(path, bench.mtn.callback(reference));
      expect(await settle()).toBe("pending");
      expect((await payment()).problem).toBe("provider_unavailable");
    },
  );
});

describe("a callback nobody can have been asked to send", () => {
  test("under an address with a wrong tag is 404, and not kept", async () => {
    const before = await keptRequests();
    const wrong = [
      `${sharedPath}/${randomUUID()}/${path.slice(-22)}`,
      `${path}x`,
      `${sharedPath}/${reference}`,
    ];
    for (const address of wrong) {
      expect((await bench.callback(address, bench.mtn.callback(reference))).status).toBe(404);
    }
    expect(await keptRequests()).toBe(before);
  });

  test("about an unknown payment is 200, kept nowhere; by DELETE it is 405", async () => {
    const before = await keptRequests();
    const answer = await bench.callback(sharedPath, { ...successful, externalId: randomUUID() });
    expect(answer).toEqual({ status: 200, body: { received: true } });
    expect((await bench.callback(sharedPath, {}, "DELETE")).status).toBe(405);
    expect(await keptRequests()).toBe(before);
  });

  test.each(["", "null", "[]", '{"externalId":7}', '{"externalId":"a\\u0000"}'])(
    "that names no payment is 400, and not kept",
    async (body) => {
      const before = await keptRequests();
      expect((await bench.callback(sharedPath, body)).status).toBe(400);
      expect(await keptRequests()).toBe(before);
    },
  );
});

test("the shared address answers the same about a payment we have and one we have not, at first and again", async () => {
  const known = bench.mtn.callback(reference);
  const unknown = { ...successful, externalId: randomUUID() };
  for (const body of [known, known, unknown]) {
    expect(await bench.callback(sharedPath, body)).toEqual({ status: 200, body: { received: true } });
  }
  expect((await payment()).hinted_at).toBeNull();
  await bench.takeHints();
  expect((await payment()).hinted_at).not.toBeNull();
});

test("a callback that cannot be stored is answered 503 within 2 s, and 200 when it comes again", async () => {
  const hasty = await startMobileMoneyBench(["mtn-momo"], mtnMomoProvider.answerTimeoutMs);
  onTestFinished(() => hasty.stop());
  const { body } = await hasty.call("POST", "/api/payments/mtn-momo", registration());
  const callback = () =>
    hasty.callback(String(body.callback_path), { ...successful, externalId: reference, amount: "50" });
  // The fastest of several counts: how busy the machine is with other tests is not the service's doing.
  const isQuick = () =>
    hasty.sql.begin(async (tx) => {
      await tx`lock table inbound_requests in access exclusive mode`;
      const startedAt = performance.now();
      expect((await callback()).status).toBe(503);
      return performance.now() - startedAt < 2_000;
    });
  await eventually(isQuick, { description: "an answer within two seconds" });
  await eventually(async () => (await callback()).status === 200);
});

test("what comes again within the hour, as often as in MTN's schedules of repeats, is one event", async () => {
  const answers = [];
  for (let i = 0; i < 25; i++) answers.push(await bench.callback(path, bench.mtn.callback(reference)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ body }) => body.duplicate === true)).toHaveLength(24);
});

test("a callback that comes again after its payment was given up has it looked at again", async () => {
  const refused = { ...bench.asks, "mtn-momo": async () => unsettled("credentials_refused") };
  bench.mtn.become(reference, "SUCCESSFUL");
  const body = bench.mtn.callback(reference);
  await bench.callback(path, body);
  expect(await settle(refused)).toBe("pending");
  bench.clock.advance(24 * 3_600_000);
  expect(await settle(refused)).toBe("expired");
  await bench.callback(path, body);
  expect(await settle()).toBe("succeeded");
});

test("a second payment of a paid order is told, but the order is paid once", async () => {
  const first = reference;
  const order_id = `order-${first}`;
  bench.mtn.become(first, "SUCCESSFUL");
  reference = randomUUID();
  await register({ order_id });
  bench.mtn.start({ reference, amount: "50", currency: "EUR", externalId: reference, payerId });
  bench.mtn.become(reference, "SUCCESSFUL");
  bench.clock.advance(15_000);
  await bench.look("mtn-momo");
  const told = (await bench.told()).filter(({ data }) => data.order_id === order_id);
  expect(told.map(({ type }) => type).sort()).toEqual([
    "order.paid",
    "payment.succeeded",
    "payment.succeeded",
  ]);
});
