import fc from "fast-check";
import { expect, test } from "vitest";
import { readOrangeStatus } from "./read-status.ts";
import sample from "./samples/status_success.json" with { type: "json" };

const expected = { orderId: "order_1001", amount: "5000", currency: "XOF" };
const read = (answer: unknown) => readOrangeStatus(Buffer.from(JSON.stringify(answer)), expected);

test.each<[object, object]>([
  [sample, { outcome: "succeeded", transactionId: sample.txnid }],
  [
    { ...sample, txnid: "" },
    { outcome: "succeeded", transactionId: null },
  ],
  [
    { ...sample, amount: 5_000, currency: "XOF" },
    { outcome: "succeeded", transactionId: sample.txnid },
  ],
  [
    { ...sample, status: "FAILED" },
    { outcome: "failed", reason: "failed", transactionId: sample.txnid },
  ],
  [
    { ...sample, status: "EXPIRED", txnid: null },
    { outcome: "failed", reason: "expired", transactionId: null },
  ],
  [{ ...sample, status: "INITIATED" }, { outcome: "pending" }],
  [{ ...sample, status: "PENDING" }, { outcome: "pending" }],
  [
    { ...sample, status: "success" },
    { outcome: "unsettled", problem: "answer_unreadable" },
  ],
  [
    { ...sample, status: undefined },
    { outcome: "unsettled", problem: "answer_unreadable" },
  ],
  [
    { ...sample, order_id: "order_1002" },
    { outcome: "unsettled", problem: "order_differs" },
  ],
  [
    { ...sample, order_id: undefined },
    { outcome: "unsettled", problem: "order_differs" },
  ],
  [
    { ...sample, amount: 50 },
    { outcome: "unsettled", problem: "amount_differs" },
  ],
  [
    { ...sample, currency: "XAF" },
    { outcome: "unsettled", problem: "currency_differs" },
  ],
])("%j", (answer, reading) => {
  expect(read(answer)).toEqual(reading);
});

test("nothing that is not about this order settles it, and nothing throws", () => {
  const answer = fc.oneof(
    fc.json(),
    fc.record({ status: fc.constantFrom("SUCCESS", "FAILED"), order_id: fc.string(), txnid: fc.string() }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        answer.map((value) => Buffer.from(JSON.stringify(value))),
        fc.uint8Array().map(Buffer.from),
      ),
      (body) => {
        expect(["unsettled"]).toContain(readOrangeStatus(body, expected).outcome);
      },
    ),
  );
});
