import type { RegisterMtnMomo, RegisterOrangeMoney } from "@carewire/contracts";
import { hashNotifToken } from "../mobile-money/map-hint.ts";
import type { PaymentRow, PaymentSecrets } from "../mobile-money/payment.ts";

/** A payment as its caller registers it. */
export interface PaymentDraft
  extends Pick<
    PaymentRow,
    | "provider"
    | "reference"
    | "order_id"
    | "external_id"
    | "customer_id"
    | "amount"
    | "currency"
    | "notif_token_hash"
  > {
  secrets: PaymentSecrets;
  /** The provider can be asked about it. */
  isStarted: boolean;
}

/** Orange Money is asked with the tokens that it answers the start of a payment with. */
export const orangeMoneyDraft = (body: RegisterOrangeMoney): PaymentDraft => ({
  provider: "orange-money",
  reference: body.order_id,
  order_id: body.order_id,
  external_id: null,
  customer_id: body.customer_id,
  amount: body.amount,
  currency: body.currency,
  notif_token_hash: body.notif_token === null ? null : hashNotifToken(body.notif_token),
  secrets: { pay_token: body.pay_token, payer_id: null },
  isStarted: body.pay_token !== null,
});

/** MTN MoMo is asked by the reference, which the caller chose. */
export const mtnMomoDraft = (body: RegisterMtnMomo): PaymentDraft => ({
  provider: "mtn-momo",
  reference: body.reference,
  order_id: body.order_id,
  external_id: body.external_id ?? body.reference,
  customer_id: body.customer_id,
  amount: body.amount,
  currency: body.currency,
  notif_token_hash: null,
  secrets: { pay_token: null, payer_id: body.payer_id },
  isStarted: true,
});
