import type { PublicEvent as AnyPublicEvent } from "@carewire/bus";

/** What billing tells subscribers. */
export type PublicEvent = AnyPublicEvent<
  | "payment.succeeded"
  | "payment.failed"
  | "billing.subscription_updated"
  | "billing.subscription_cancelled"
  | "order.paid"
>;
