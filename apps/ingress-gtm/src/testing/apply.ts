import { type ConsumerHandler, createPublisher, type Vault } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import type { Sql } from "postgres";

/** A vault that seals nothing, so that tests can read what was stored. */
export const openVault: Vault = {
  dataKey: async () => ({
    seal: (_aad, bytes) => Buffer.from(bytes),
    open: (_aad, blob) => Buffer.from(blob),
  }),
};

/** Handles one payload the way a consumer does: in one transaction with what it publishes. */
export async function apply<Payload>(
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
      { id, topic: "cari.gtm.test", timestamp: new Date(0).toISOString(), source_service: "test", payload },
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

/** The public events of an organization, in the order they were published. */
export async function publishedBy(
  sql: Sql,
  organizationId: string,
): Promise<{ type: string; payload: Record<string, unknown> }[]> {
  const rows = await sql<{ type: string; body: Buffer }[]>`
    select e.type, p.body from events e join event_payloads p on p.id = e.id
    where e.organization_id = ${organizationId} order by e.id`;
  return rows.map(({ type, body }) => ({ type, payload: JSON.parse(body.toString()) }));
}
