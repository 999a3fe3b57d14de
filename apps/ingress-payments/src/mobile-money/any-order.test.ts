import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type MobileMoneyBench, startMobileMoneyBench } from "../testing/mobile-money-bench.ts";
import { lookAtPayment } from "./look-at-payment.ts";
import type { PaymentRow } from "./payment.ts";
import { claimDue, noteHint } from "./payment-store.ts";
import { type ReadStatus, type StatusReading, unsettled } from "./status-reading.ts";

let bench: MobileMoneyBench;

beforeAll(async () => {
  bench = await startMobileMoneyBench([]);
});
beforeEach(async () => {
  await bench.sql`delete from mobile_payments`;
});
afterAll(() => bench.stop());

const reading: fc.Arbitrary<StatusReading> = fc.constantFrom<StatusReading>(
  { outcome: "succeeded", transactionId: "T1" },
  { outcome: "failed", reason: "approval_rejected", transactionId: null },
  { outcome: "pending" },
  { outcome: "pending" },
  unsettled("amount_differs"),
  unsettled("not_found"),
  unsettled("no_answer"),
);

/** What may happen to two payments of one order: a callback, workers that look, one that dies, time that passes. */
type Step =
  | { kind: "hint"; payment: 0 | 1 }
  | { kind: "look"; readings: StatusReading[]; workers: number }
  | { kind: "die"; reading: StatusReading }
  | { kind: "wait"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("hint" as const), payment: fc.constantFrom<0 | 1>(0, 1) }),
  fc.record({
    kind: fc.constant("look" as const),
    readings: fc.array(reading, { minLength: 1, maxLength: 3 }),
    workers: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant("die" as const), reading }),
  fc.record({
    kind: fc.constant("wait" as const),
    ms: fc.constantFrom(5_000, 61_000, 3_600_000, 25 * 3_600_000),
  }),
);

async function addPayment(orderId: string): Promise<string> {
  const id = randomUUID();
  const now = new Date(bench.clock.now());
  await bench.sql`
    insert into mobile_payments (id, organization_id, provider, reference, order_id, external_id, amount, currency,
      registered_at, started_at, next_look_at)
    values (${id}, ${bench.organizationId}, 'mtn-momo', ${id}, ${orderId}, ${id}, 50, 'EUR', ${now}, ${now},
      ${new Date(now.getTime() + 15_000)})`;
  return id;
}

/** Final answers that a provider gave about each payment, in the order in which they were given. */
type Answers = Map<string, string[]>;

function createAsk(readings: readonly StatusReading[], answers: Answers): ReadStatus {
  let next = 0;
  return async ({ id }) => {
    const given = readings[next++ % readings.length] ?? unsettled("no_answer");
    if (given.outcome === "succeeded" || given.outcome === "failed") {
      answers.set(id, [...(answers.get(id) ?? []), given.outcome]);
    }
    return given;
  };
}

const claim = () =>
  claimDue(bench.sql, {
    organizationId: bench.organizationId,
    provider: "mtn-momo",
    now: new Date(bench.clock.now()),
    leaseMs: 60_000,
    limit: 10,
  });

async function look(step: Extract<Step, { kind: "look" }>, answers: Answers): Promise<void> {
  const deps = { ...bench.deps, livemode: true, readStatus: createAsk(step.readings, answers) };
  const signal = new AbortController().signal;
  const worker = async () => {
    for (const payment of await claim()) await lookAtPayment(deps, payment, signal);
  };
  await Promise.all(Array.from({ length: step.workers }, worker));
}

/** A worker that asks, dies before its commit, and comes to life again when another has had the payment. */
async function die(reading: StatusReading): Promise<void> {
  const failpoint = (name: string): void => {
    if (name === "mobile_money.before_commit") throw new Error("stopped here");
  };
  const deps = { ...bench.deps, livemode: true, readStatus: async () => reading, failpoint };
  const [payment] = await claim();
  if (payment === undefined) return;
  await expect(lookAtPayment(deps, payment, new AbortController().signal)).rejects.toThrow("stopped here");
}

async function perform(
  steps: readonly Step[],
): Promise<{ payments: PaymentRow[]; answers: Answers; orderId: string }> {
  const orderId = `order-${randomUUID()}`;
  const ids = [await addPayment(orderId), await addPayment(orderId)];
  const answers: Answers = new Map();
  for (const step of steps) {
    if (step.kind === "wait") bench.clock.advance(step.ms);
    if (step.kind === "look") await look(step, answers);
    if (step.kind === "die") await die(step.reading);
    if (step.kind === "hint") {
      const name = { by: "reference", reference: ids[step.payment] ?? "" } as const;
      const now = new Date(bench.clock.now());
      await bench.sql.begin((tx) =>
        noteHint(tx, bench.organizationId, "mtn-momo", name, { eventId: randomUUID(), now }),
      );
    }
  }
  const payments = await Promise.all(ids.map((id) => bench.payment("mtn-momo", id)));
  // What one run leaves unsettled must not be due in the next.
  await bench.sql`update mobile_payments set next_look_at = null where id = any(${ids})`;
  return { payments, answers, orderId };
}

test("callbacks, looks, deaths and contradictions in any order: the first final answer stands, and each fact is told once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { payments, answers, orderId } = await perform(steps);
      const told = (await bench.told()).filter(({ data }) => data.order_id === orderId);
      const countOf = (type: string, subject?: string) =>
        told.filter((event) => event.type === type && (!subject || event.data.payment_id === subject)).length;
      for (const payment of payments) {
        const [first] = answers.get(payment.id) ?? [];
        if (first) expect(payment.state).toBe(first);
        else expect(["pending", "expired"]).toContain(payment.state);
      }
      for (const state of ["succeeded", "failed"]) {
        expect(countOf(`payment.${state}`)).toBe(
          payments.filter((payment) => payment.state === state).length,
        );
      }
      expect(countOf("order.paid")).toBe(payments.some(({ state }) => state === "succeeded") ? 1 : 0);
      expect(new Set(told.map(({ type, data }) => `${type} ${String(data.payment_id)}`)).size).toBe(
        told.length,
      );
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("a worker whose lease went to another records nothing, whatever it heard", async () => {
  const id = await addPayment(`order-${randomUUID()}`);
  bench.clock.advance(15_000);
  const [slow] = await claim();
  bench.clock.advance(61_000);
  const [quick] = await claim();
  if (!slow || !quick) throw new Error("the payment was not due");
  const signal = new AbortController().signal;
  const deps = { ...bench.deps, livemode: true };
  const pending = async () => ({ outcome: "pending" as const });
  const failed = async () => ({ outcome: "failed" as const, reason: "expired", transactionId: null });
  expect(await lookAtPayment({ ...deps, readStatus: failed }, slow, signal)).toBe("fenced_off");
  expect(await lookAtPayment({ ...deps, readStatus: pending }, quick, signal)).toBe("pending");
  expect((await bench.payment("mtn-momo", id)).state).toBe("pending");
});

test("a callback that comes while the provider is being asked has it asked again at once", async () => {
  const id = await addPayment(`order-${randomUUID()}`);
  bench.clock.advance(15_000);
  const [claimed] = await claim();
  if (!claimed) throw new Error("the payment was not due");
  const readStatus = async (): Promise<StatusReading> => {
    bench.clock.advance(1_000);
    const name = { by: "reference", reference: id } as const;
    await bench.sql.begin((tx) =>
      noteHint(tx, bench.organizationId, "mtn-momo", name, {
        eventId: randomUUID(),
        now: new Date(bench.clock.now()),
      }),
    );
    return { outcome: "pending" };
  };
  await lookAtPayment({ ...bench.deps, livemode: true, readStatus }, claimed, new AbortController().signal);
  expect((await bench.payment("mtn-momo", id)).next_look_at).toEqual(new Date(bench.clock.now()));
});

test("what cannot even be asked for is looked at again on schedule, not at once", async () => {
  const id = await addPayment(`order-${randomUUID()}`);
  bench.clock.advance(15_000);
  const [claimed] = await claim();
  if (!claimed) throw new Error("the payment was not due");
  const readStatus = () => Promise.reject(new Error("a bug"));
  await lookAtPayment({ ...bench.deps, livemode: true, readStatus }, claimed, new AbortController().signal);
  const payment = await bench.payment("mtn-momo", id);
  expect([payment.problem, payment.lease_token]).toEqual(["look_failed", null]);
  expect(payment.next_look_at?.getTime()).toBeGreaterThan(bench.clock.now());
});
