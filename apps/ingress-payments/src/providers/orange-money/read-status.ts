import { readJson } from "../../mobile-money/read-json.ts";
import { isSameAmount } from "../../mobile-money/same-amount.ts";
import { type StatusReading, unsettled } from "../../mobile-money/status-reading.ts";

/** The payment that was asked about. */
export interface OrangeExpectation {
  orderId: string;
  amount: string;
  currency: string;
}

/**
 * Reads the body of a `transactionstatus` answer. The order must be ours; amount and currency too where the answer names
 * them, and the amount was part of the question.
 */
export function readOrangeStatus(body: Buffer, expected: OrangeExpectation): StatusReading {
  const answer = readJson(body);
  if (answer === null || typeof answer.status !== "string") return unsettled("answer_unreadable");
  if (answer.order_id !== expected.orderId) return unsettled("order_differs");
  if (answer.amount !== undefined && !isSameAmount(expected.amount, answer.amount)) {
    return unsettled("amount_differs");
  }
  if (answer.currency !== undefined && answer.currency !== expected.currency) {
    return unsettled("currency_differs");
  }
  const transactionId = readTransactionId(answer.txnid);
  switch (answer.status) {
    case "SUCCESS":
      return { outcome: "succeeded", transactionId };
    case "FAILED":
      return { outcome: "failed", reason: "failed", transactionId };
    case "EXPIRED":
      return { outcome: "failed", reason: "expired", transactionId };
    case "INITIATED":
    case "PENDING":
      return { outcome: "pending" };
    default:
      return unsettled("answer_unreadable");
  }
}

const readTransactionId = (value: unknown): string | null =>
  typeof value === "string" && /^[\x21-\x7e]{1,128}$/.test(value) ? value : null;
