import { readJson } from "../../mobile-money/read-json.ts";
import { isSameAmount } from "../../mobile-money/same-amount.ts";
import { type StatusReading, unsettled } from "../../mobile-money/status-reading.ts";

/** The payment that was asked about; a `payerId` of null is not compared. */
export interface MtnExpectation {
  externalId: string;
  amount: string;
  currency: string;
  payerId: string | null;
}

/** Reasons that say something of MTN's systems, not of the payment: it may still succeed. */
const undecidedReasons: ReadonlySet<string> = new Set(["SERVICE_UNAVAILABLE", "INTERNAL_PROCESSING_ERROR"]);

/** Reads the body of a `requesttopay` status; external id, amount, currency and payer must be ours. */
export function readMtnStatus(body: Buffer, expected: MtnExpectation): StatusReading {
  const answer = readJson(body);
  if (answer === null || typeof answer.status !== "string") return unsettled("answer_unreadable");
  if (answer.externalId !== expected.externalId) return unsettled("order_differs");
  if (!isSameAmount(expected.amount, answer.amount)) return unsettled("amount_differs");
  if (answer.currency !== expected.currency) return unsettled("currency_differs");
  if (expected.payerId !== null && readPayer(answer.payer) !== expected.payerId)
    return unsettled("payer_differs");
  switch (answer.status) {
    case "SUCCESSFUL":
      return { outcome: "succeeded", transactionId: readTransactionId(answer.financialTransactionId) };
    case "FAILED":
      return readFailure(answer.reason);
    case "PENDING":
      return { outcome: "pending" };
    default:
      return unsettled("answer_unreadable");
  }
}

function readFailure(reason: unknown): StatusReading {
  const code = readReason(reason);
  if (code !== null && undecidedReasons.has(code)) return unsettled("provider_unavailable");
  return { outcome: "failed", reason: code === null ? "failed" : code.toLowerCase(), transactionId: null };
}

/** A word in some deployments, `{code, message}` in others. */
function readReason(reason: unknown): string | null {
  const code = typeof reason === "object" && reason !== null && "code" in reason ? reason.code : reason;
  return typeof code === "string" && /^[A-Za-z][A-Za-z_]{0,63}$/.test(code) ? code.toUpperCase() : null;
}

function readPayer(payer: unknown): string | null {
  if (typeof payer !== "object" || payer === null || !("partyId" in payer)) return null;
  return typeof payer.partyId === "string" ? payer.partyId.replace(/^\+/, "") : null;
}

const readTransactionId = (value: unknown): string | null => {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^[\x21-\x7e]{1,128}$/.test(text) ? text : null;
};
