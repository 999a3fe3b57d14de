import { type ConsumerHandler, lockObject, toDrafts } from "@carewire/bus";
import type { Clock } from "@carewire/envelope";
import { changeInvoice, readInvoice } from "../billing/invoice-state.ts";
import { findInvoice, saveInvoice } from "../billing/invoice-store.ts";
import type { InvoiceEvent } from "../providers/stripe/event-schemas.ts";
import { sourceService } from "../source-service.ts";

/** Applies `invoice.payment_*` to `billing_invoices`; tells `payment.succeeded` and `payment.failed`. */
export function createApplyInvoice({ clock }: { clock: Clock }): ConsumerHandler<InvoiceEvent> {
  return async (tx, envelope, { organizationId, publish }) => {
    const incoming = readInvoice(envelope.payload);
    await lockObject(tx, organizationId, incoming.stripeInvoiceId);
    const current = await findInvoice(tx, organizationId, incoming.stripeInvoiceId);
    const change = changeInvoice(current, incoming, envelope.payload.livemode);
    if (change.state) await saveInvoice(tx, organizationId, change.state);
    await publish(toDrafts({ clock, sourceService }, organizationId, change.events));
  };
}
