import type { PaymentRow, PaymentSecrets } from "./payment.ts";

/** Why a status read settled nothing. Closed, so that it can be stored, shown and counted. */
export type LookProblem =
  | "not_started"
  | "order_differs"
  | "amount_differs"
  | "currency_differs"
  | "payer_differs"
  | "not_found"
  | "no_answer"
  | "provider_unavailable"
  | "credentials_refused"
  | "request_refused"
  | "answer_unreadable"
  | "look_failed";

/**
 * What an authenticated status read says of a payment. Only an answer that is about this order, this amount and this
 * currency is `succeeded`, `failed` or `pending`.
 */
export type StatusReading =
  | { outcome: "succeeded"; transactionId: string | null }
  | { outcome: "failed"; reason: string; transactionId: string | null }
  | { outcome: "pending" }
  | { outcome: "unsettled"; problem: LookProblem };

/** Asks a provider what became of a payment. Never rejects. */
export type ReadStatus = (
  payment: PaymentRow,
  secrets: PaymentSecrets,
  signal: AbortSignal,
) => Promise<StatusReading>;

export const unsettled = (problem: LookProblem): StatusReading => ({ outcome: "unsettled", problem });
