/** An event for subscribers, decided together with the state change it tells about. */
export interface PublicEvent {
  type:
    | "payment.succeeded"
    | "payment.failed"
    | "billing.subscription_updated"
    | "billing.subscription_cancelled"
    | "order.paid";
  /** The id of what it is about. */
  subject: string;
  /** By the provider's clock. */
  occurredAt: Date;
  data: Record<string, unknown>;
}
