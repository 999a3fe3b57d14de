import { type ConsumerHandler, createPublisher, type Vault } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type { Sql } from "postgres";
import { createApplyStatus } from "../handlers/apply-status.ts";
import { createKeepMessage } from "../handlers/keep-message.ts";
import { messageItemSchema, statusItemSchema } from "../providers/whatsapp/item-schemas.ts";
import { change, request } from "./requests.ts";

const clock = { now: () => Date.now() };
const keepMessage = createKeepMessage({ clock });
const applyStatus = createApplyStatus({ clock });

/** A vault that seals nothing, so that tests can read what was published. */
export const openVault: Vault = {
  dataKey: async () => ({
    seal: (_aad, bytes) => Buffer.from(bytes),
    open: (_aad, blob) => Buffer.from(blob),
  }),
};

export type Item = { message: { id: string }; contact?: object } | { status: { id: string } };

/** Handles one message or status the way a consumer does: checked, in one transaction with what it publishes. */
export function applyItem(sql: Sql, organizationId: string, item: Item): Promise<void> {
  if ("message" in item) {
    const { message, contact } = item;
    const alone = request(change({ contacts: contact ? [contact] : [], messages: [message] }));
    return handle(sql, organizationId, keepMessage, messageItemSchema.parse(alone));
  }
  const alone = request(change({ statuses: [item.status] }));
  return handle(sql, organizationId, applyStatus, statusItemSchema.parse(alone));
}

async function handle<Payload>(
  sql: Sql,
  organizationId: string,
  handler: ConsumerHandler<Payload>,
  payload: Payload,
): Promise<void> {
  const publisher = createPublisher({ vault: openVault });
  const id = newId(Date.now());
  await sql.begin((tx) =>
    handler(
      tx,
      {
        id,
        topic: "cari.messaging.test",
        timestamp: new Date(0).toISOString(),
        source_service: "test",
        payload,
      },
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
