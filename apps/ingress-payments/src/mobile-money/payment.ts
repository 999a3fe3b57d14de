/** Whose service moves the money. */
export type MobileMoneyProvider = "orange-money" | "mtn-momo";

/** A row of `mobile_payments`. */
export interface PaymentRow {
  id: string;
  organization_id: string;
  provider: MobileMoneyProvider;
  reference: string;
  order_id: string | null;
  external_id: string | null;
  customer_id: string | null;
  /** Decimal text in the currency's main unit, without trailing zeros. */
  amount: string;
  currency: string;
  notif_token_hash: Buffer | null;
  /** Sealed {@link PaymentSecrets}. */
  secrets: Buffer | null;
  registered_at: Date;
  started_at: Date | null;
  state: "pending" | "succeeded" | "failed" | "expired";
  reason: string | null;
  provider_transaction_id: string | null;
  settled_at: Date | null;
  hinted_at: Date | null;
  /** The event of the latest callback. */
  hint_event_id: string | null;
  looked_at: Date | null;
  look_count: number;
  problem: string | null;
  next_look_at: Date | null;
  lease_token: string | null;
  lease_until: Date | null;
}

/** What a status read shows to the provider, or is compared with. */
export interface PaymentSecrets {
  pay_token: string | null;
  payer_id: string | null;
}

/** What a payment's secrets are sealed under; `lastingColumns` of the vault knows it too. */
export const paymentSecretsAad = (paymentId: string): string => `mobile_payments:${paymentId}`;
