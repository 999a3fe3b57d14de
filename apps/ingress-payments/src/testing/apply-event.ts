import { type ConsumerHandler, createPublisher, type Vault } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createApplyCheckout } from "../handlers/apply-checkout.ts";
import { createApplyInvoice } from "../handlers/apply-invoice.ts";
import { createApplySubscription } from "../handlers/apply-subscription.ts";
import {
  checkoutEventSchema,
  invoiceEventSchema,
  subscriptionEventSchema,
} from "../providers/stripe/event-schemas.ts";

export interface StripeEvent {
  id: string;
  type: string;
  created: number;
  data: { object: Record<string, unknown> };
}

const clock = { now: () => Date.now() };
const applyCheckout = createApplyCheckout({ clock });
const applyInvoice = createApplyInvoice({ clock });
const applySubscription = createApplySubscription({ clock });

/** A vault that seals nothing, so that tests can read what was published. */
export const openVault: Vault = {
  dataKey: async () => ({
    seal: (_aad, bytes) => Buffer.from(bytes),
    open: (_aad, blob) => Buffer.from(blob),
  }),
};

/** Handles one Stripe event the way a consumer does: checked, in one transaction with what it publishes. */
export async function applyEvent(sql: Sql, organizationId: string, event: StripeEvent): Promise<void> {
  if (event.type.startsWith("checkout.")) {
    return handle(sql, organizationId, applyCheckout, checkoutEventSchema.parse(event));
  }
  if (event.type.startsWith("invoice.")) {
    return handle(sql, organizationId, applyInvoice, invoiceEventSchema.parse(event));
  }
  return handle(sql, organizationId, applySubscription, subscriptionEventSchema.parse(event));
}

async function handle<Payload extends { type: string; created: number }>(
  sql: Sql,
  organizationId: string,
  handler: ConsumerHandler<Payload>,
  payload: Payload,
): Promise<void> {
  const publisher = createPublisher({ vault: openVault });
  const id = newId(Date.now());
  const timestamp = new Date(payload.created * 1_000).toISOString();
  await sql.begin((tx) =>
    handler(
      tx,
      { id, topic: "cari.payments.test", timestamp, source_service: "test", payload },
      {
        organizationId,
        eventId: id,
        deliveryId: id,
        attempt: 1,
        payloadBytes: Buffer.from(JSON.stringify(payload)),
        signal: new AbortController().signal,
        publish: (drafts) => publisher.publish(tx, drafts),
      },
    ),
  );
}
