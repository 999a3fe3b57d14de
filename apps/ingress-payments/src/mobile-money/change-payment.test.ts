import { eventTypes, newId } from "@carewire/envelope";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changePayment, type LookCircumstances, type PaymentChange } from "./change-payment.ts";
import { lookingEndsMs } from "./look-schedule.ts";
import type { PaymentRow } from "./payment.ts";
import type { StatusReading } from "./status-reading.ts";

const startedAtMs = Date.UTC(2026, 0, 1);
const circumstances: LookCircumstances = { nowMs: startedAtMs + 15_000, livemode: true, isOrderPaid: false };

const row: PaymentRow = {
  id: newId(startedAtMs),
  organization_id: newId(startedAtMs),
  provider: "mtn-momo",
  reference: "ref",
  order_id: "order_1",
  external_id: "ref",
  customer_id: null,
  amount: "50",
  currency: "EUR",
  notif_token_hash: null,
  secrets: null,
  registered_at: new Date(startedAtMs),
  started_at: new Date(startedAtMs),
  state: "pending",
  reason: null,
  provider_transaction_id: null,
  settled_at: null,
  hinted_at: null,
  hint_event_id: null,
  looked_at: null,
  look_count: 1,
  problem: null,
  next_look_at: null,
  lease_token: null,
  lease_until: null,
};

const succeeded: StatusReading = { outcome: "succeeded", transactionId: "T1" };
const failed: StatusReading = { outcome: "failed", reason: "approval_rejected", transactionId: null };
const pending: StatusReading = { outcome: "pending" };
const differs: StatusReading = { outcome: "unsettled", problem: "amount_differs" };

const apply = (payment: PaymentRow, change: PaymentChange | null): PaymentRow =>
  change === null
    ? payment
    : { ...payment, state: change.state, reason: change.reason, next_look_at: change.nextLookAt };

test.each<[string, Partial<PaymentRow>, StatusReading, Partial<LookCircumstances>, string, string[]]>([
  ["success", {}, succeeded, {}, "succeeded", ["payment.succeeded", "order.paid"]],
  ["success of no order", { order_id: null }, succeeded, {}, "succeeded", ["payment.succeeded"]],
  ["success of a paid order", {}, succeeded, { isOrderPaid: true }, "succeeded", ["payment.succeeded"]],
  ["failure", {}, failed, {}, "failed", ["payment.failed"]],
  ["waiting", {}, pending, {}, "pending", []],
  ["another amount", {}, differs, {}, "pending", []],
  [
    "waiting after a day",
    {},
    pending,
    { nowMs: startedAtMs + lookingEndsMs },
    "expired",
    ["payment.pending"],
  ],
  [
    "another amount after a day",
    {},
    differs,
    { nowMs: startedAtMs + lookingEndsMs },
    "expired",
    ["payment.pending"],
  ],
  [
    "never started, after a day",
    { started_at: null },
    { outcome: "unsettled", problem: "not_started" },
    { nowMs: startedAtMs + lookingEndsMs },
    "expired",
    ["payment.pending"],
  ],
  ["waiting when given up", { state: "expired" }, pending, {}, "expired", []],
  [
    "success when given up",
    { state: "expired" },
    succeeded,
    {},
    "succeeded",
    ["payment.succeeded", "order.paid"],
  ],
])("%s", (_name, payment, reading, more, state, told) => {
  const change = changePayment({ ...row, ...payment }, reading, { ...circumstances, ...more });
  expect([change?.state, change?.events.map(({ type }) => type)]).toEqual([state, told]);
  expect(change?.nextLookAt === null).toBe(state !== "pending");
  for (const { type, data } of change?.events ?? []) {
    expect(eventTypes.get(type)?.schema.safeParse(data).success).toBe(true);
  }
});

test.each(["succeeded", "failed"] as const)("what has %s changes no more", (state) => {
  for (const reading of [succeeded, failed, pending, differs]) {
    expect(changePayment({ ...row, state }, reading, circumstances)).toBeNull();
  }
});

test("over any readings the first final one stands and is told once, and a day without one ends in giving up", () => {
  const readings = fc.array(
    fc.tuple(fc.constantFrom(succeeded, failed, pending, differs), fc.nat({ max: 3 * 3_600_000 })),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(readings, (history) => {
      let payment = row;
      let nowMs = startedAtMs;
      const told: string[] = [];
      for (const [reading, elapsedMs] of history) {
        nowMs += elapsedMs;
        const change = changePayment(payment, reading, { ...circumstances, nowMs });
        told.push(...(change?.events.map(({ type }) => type) ?? []));
        payment = apply(payment, change);
      }
      const final = history
        .map(([reading]) => reading.outcome)
        .find((outcome) => /ed$/.test(outcome) && outcome !== "unsettled");
      const isOver = nowMs - startedAtMs >= lookingEndsMs;
      if (final) expect(payment.state).toBe(final);
      else expect(payment.state === "expired").toBe(isOver && history.length > 0);
      for (const type of ["payment.succeeded", "payment.failed", "order.paid", "payment.pending"]) {
        expect(told.filter((one) => one === type).length).toBeLessThanOrEqual(1);
      }
      expect(told.includes("payment.succeeded")).toBe(final === "succeeded");
      expect(told.includes("payment.failed")).toBe(final === "failed");
    }),
  );
});
