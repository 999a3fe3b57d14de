import { stripeTopic } from "@carewire/envelope";

/** The Stripe event types whose effects we apply, by the state they change. */
export const checkoutTypes = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
] as const;
export const invoiceTypes = ["invoice.payment_succeeded", "invoice.payment_failed"] as const;
export const subscriptionTypes = ["customer.subscription.updated", "customer.subscription.deleted"] as const;

/** Every other type, and events of the wrong mode: recorded, handled by nobody. */
export const recordedTopic = "cari.payments.stripe_event_received";

/** Thin v2 events (`object: "v2.core.event"`): recorded; they carry no object to act on. */
export const unsupportedTopic = "cari.payments.stripe_event_unsupported";

const handledTopics: ReadonlyMap<string, string> = new Map(
  [...checkoutTypes, ...invoiceTypes, ...subscriptionTypes].map((type) => [type, stripeTopic(type)]),
);

/** The topic of a handled type, or null. */
export const handledTopic = (type: string): string | null => handledTopics.get(type) ?? null;
