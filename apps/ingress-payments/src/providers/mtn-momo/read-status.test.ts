import fc from "fast-check";
import { expect, test } from "vitest";
import { readMtnStatus } from "./read-status.ts";
import failed from "./samples/callback_failed.json" with { type: "json" };
import failedText from "./samples/callback_failed_reason_text.json" with { type: "json" };
import successful from "./samples/callback_successful.json" with { type: "json" };

const expected = {
  externalId: successful.externalId,
  amount: "50",
  currency: "EUR",
  payerId: successful.payer.partyId,
};
const read = (answer: unknown, more: Partial<typeof expected> | { payerId: null } = {}) =>
  readMtnStatus(Buffer.from(JSON.stringify(answer)), { ...expected, ...more });

const unsettled = (problem: string) => ({ outcome: "unsettled", problem });

test.each<[object, object]>([
  [successful, { outcome: "succeeded", transactionId: "1927264368" }],
  [
    { ...successful, financialTransactionId: 1_927_264_368 },
    { outcome: "succeeded", transactionId: "1927264368" },
  ],
  [
    { ...successful, amount: 50 },
    { outcome: "succeeded", transactionId: "1927264368" },
  ],
  [
    { ...successful, payer: { partyId: "+46733123450" } },
    { outcome: "succeeded", transactionId: "1927264368" },
  ],
  [failed, { outcome: "failed", reason: "approval_rejected", transactionId: null }],
  [failedText, { outcome: "failed", reason: "expired", transactionId: null }],
  [
    { ...failed, reason: undefined },
    { outcome: "failed", reason: "failed", transactionId: null },
  ],
  [
    { ...failed, reason: "<script>" },
    { outcome: "failed", reason: "failed", transactionId: null },
  ],
  [{ ...failed, reason: "SERVICE_UNAVAILABLE" }, unsettled("provider_unavailable")],
  [{ ...failed, reason: { code: "INTERNAL_PROCESSING_ERROR" } }, unsettled("provider_unavailable")],
  [{ ...successful, status: "PENDING" }, { outcome: "pending" }],
  [{ ...successful, status: "CREATED" }, unsettled("answer_unreadable")],
  [{ ...successful, externalId: "another" }, unsettled("order_differs")],
  [{ ...successful, amount: "500" }, unsettled("amount_differs")],
  [{ ...successful, currency: "XAF" }, unsettled("currency_differs")],
  [{ ...successful, payer: {} }, unsettled("payer_differs")],
])("%j", (answer, reading) => {
  expect(read(answer)).toEqual(reading);
});

test("a payer that was not registered is not compared", () => {
  expect(read({ ...successful, payer: undefined }, { payerId: null })).toMatchObject({
    outcome: "succeeded",
  });
});

test("nothing that names another order, amount or currency settles it, and nothing throws", () => {
  const almost = fc
    .record({
      status: fc.constantFrom("SUCCESSFUL", "FAILED", "PENDING"),
      externalId: fc.constantFrom(expected.externalId, "another"),
      amount: fc.constantFrom<unknown>("50", "5", 5_000, null, "50,0"),
      currency: fc.constantFrom("EUR", "XAF", "eur"),
      payer: fc.constant({ partyId: expected.payerId }),
    })
    .filter(
      ({ externalId, amount, currency }) =>
        !(externalId === expected.externalId && amount === "50" && currency === "EUR"),
    );
  const answer = fc.oneof(fc.json(), almost).map((value) => Buffer.from(JSON.stringify(value)));
  fc.assert(
    fc.property(fc.oneof(answer, fc.uint8Array().map(Buffer.from)), (body) => {
      expect(readMtnStatus(body, expected).outcome).toBe("unsettled");
    }),
  );
});
