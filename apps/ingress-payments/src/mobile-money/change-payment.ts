import type { PublicEvent as AnyPublicEvent } from "@carewire/bus";
import { publicId } from "@carewire/envelope";
import { lookingEndsMs, nextLookAtMs } from "./look-schedule.ts";
import type { PaymentRow } from "./payment.ts";
import type { LookProblem, StatusReading } from "./status-reading.ts";

type PublicEvent = AnyPublicEvent<"payment.succeeded" | "payment.failed" | "payment.pending" | "order.paid">;

/** What a look changes about a payment, and what subscribers are told. */
export interface PaymentChange {
  state: PaymentRow["state"];
  reason: string | null;
  providerTransactionId: string | null;
  settledAt: Date | null;
  problem: LookProblem | null;
  nextLookAt: Date | null;
  events: PublicEvent[];
}

/** What the change depends on besides the payment and the reading. */
export interface LookCircumstances {
  nowMs: number;
  /** False: the money of a provider's test environment. */
  livemode: boolean;
  /** Another payment of the same order has succeeded before. */
  isOrderPaid: boolean;
}

/**
 * Decides what a status read changes; null when nothing can, because the payment is settled. Settled is settled: the first
 * final answer stands, whatever comes after it. `expired` is our own giving up, and gives way to a final answer.
 */
export function changePayment(
  payment: PaymentRow,
  reading: StatusReading,
  circumstances: LookCircumstances,
): PaymentChange | null {
  if (payment.state === "succeeded" || payment.state === "failed") return null;
  switch (reading.outcome) {
    case "succeeded":
    case "failed":
      return settle(payment, reading, circumstances);
    case "pending":
      return wait(payment, null, circumstances);
    case "unsettled":
      return wait(payment, reading.problem, circumstances);
  }
}

function settle(
  payment: PaymentRow,
  reading: Extract<StatusReading, { outcome: "succeeded" | "failed" }>,
  circumstances: LookCircumstances,
): PaymentChange {
  const { outcome: state, transactionId: providerTransactionId } = reading;
  const reason = reading.outcome === "failed" ? reading.reason : null;
  const facts = { ...factsOf(payment, circumstances), ...present({ reason, providerTransactionId }) };
  const told = tell(payment, `payment.${state}`, facts, circumstances);
  const paysOrder = state === "succeeded" && !circumstances.isOrderPaid;
  return {
    state,
    reason,
    providerTransactionId,
    settledAt: new Date(circumstances.nowMs),
    problem: null,
    nextLookAt: null,
    events: paysOrder ? [told, ...tellOrder(payment, circumstances)] : [told],
  };
}

function wait(
  payment: PaymentRow,
  problem: LookProblem | null,
  circumstances: LookCircumstances,
): PaymentChange {
  const { nowMs } = circumstances;
  const kept = { reason: null, providerTransactionId: null, settledAt: null, problem };
  if (payment.state === "expired") return { ...kept, state: "expired", nextLookAt: null, events: [] };
  const nextMs = nextAtMs(payment, nowMs);
  if (nextMs !== null) return { ...kept, state: "pending", nextLookAt: new Date(nextMs), events: [] };
  const facts = { ...factsOf(payment, circumstances), reason: "unconfirmed" };
  const told = tell(payment, "payment.pending", facts, circumstances);
  return { ...kept, state: "expired", nextLookAt: null, events: [told] };
}

/** Without the provider's tokens there is nothing to ask until the day is over. */
function nextAtMs({ started_at, registered_at }: PaymentRow, nowMs: number): number | null {
  if (started_at !== null) return nextLookAtMs(started_at.getTime(), nowMs);
  const endsAtMs = registered_at.getTime() + lookingEndsMs;
  return nowMs < endsAtMs ? endsAtMs : null;
}

const tell = (
  { id }: PaymentRow,
  type: PublicEvent["type"],
  data: Record<string, unknown>,
  { nowMs }: LookCircumstances,
): PublicEvent => ({ type, subject: publicId("pay", id), occurredAt: new Date(nowMs), data });

function factsOf(payment: PaymentRow, { livemode }: LookCircumstances): Record<string, unknown> {
  const { id, provider, amount, currency, order_id, customer_id } = payment;
  return {
    payment_id: publicId("pay", id),
    provider,
    ...(order_id === null ? {} : { order_id }),
    ...(customer_id === null ? {} : { customer_id }),
    amount: Number(amount),
    currency,
    livemode,
  };
}

const present = ({
  reason,
  providerTransactionId,
}: Pick<PaymentChange, "reason" | "providerTransactionId">) => ({
  ...(reason === null ? {} : { reason }),
  ...(providerTransactionId === null ? {} : { provider_transaction_id: providerTransactionId }),
});

function tellOrder(payment: PaymentRow, circumstances: LookCircumstances): PublicEvent[] {
  const { id, order_id, customer_id } = payment;
  if (order_id === null) return [];
  // Who paid is then known by the payment only.
  const data = { ...factsOf(payment, circumstances), customer_id: customer_id ?? publicId("pay", id) };
  return [{ type: "order.paid", subject: order_id, occurredAt: new Date(circumstances.nowMs), data }];
}
