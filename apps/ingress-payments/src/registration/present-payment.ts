import type { Payment } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import type { HmacKey } from "@carewire/verifiers";
import { callbackPathOf, callbackUrlOf } from "../mobile-money/callback-address.ts";
import type { PaymentRow } from "../mobile-money/payment.ts";

/** What the addresses of callbacks are made of. `origin`: how providers reach this installation; null: nobody said. */
export interface CallbackAddresses {
  key: HmacKey;
  origin: string | null;
}

/** A payment as its caller sees it; tokens and the payer's number stay inside. */
export function presentPayment(row: PaymentRow, { key, origin }: CallbackAddresses): Payment {
  const callback_path = callbackPathOf(key, row.provider, row.reference);
  return {
    id: publicId("pay", row.id),
    provider: row.provider,
    reference: row.reference,
    order_id: row.order_id,
    customer_id: row.customer_id,
    amount: Number(row.amount),
    currency: row.currency,
    status: row.state,
    reason: row.reason,
    provider_transaction_id: row.provider_transaction_id,
    problem: row.problem,
    callback_path,
    callback_url: origin === null ? null : callbackUrlOf(origin, row.provider, callback_path),
    registered_at: row.registered_at.toISOString(),
    settled_at: row.settled_at?.toISOString() ?? null,
    next_look_at: row.next_look_at?.toISOString() ?? null,
  };
}
