import { payloadAad, type Vault } from "@carewire/bus";
import type { Sql } from "@carewire/db";
import { mobileMoneyHintPayload, mtnMomoTopic, orangeMoneyTopic } from "@carewire/envelope";
import type { createTakeHint } from "../handlers/take-hint.ts";

interface Source {
  sql: Sql;
  vault: Vault;
  organizationId: string;
}

/** The organization's events of types like `pattern`, oldest first, their payloads opened. */
export async function readEvents({ sql, vault, organizationId }: Source, pattern: string) {
  const rows = await sql<{ id: string; type: string; subject: string; body: Buffer }[]>`
    select e.id, e.type, e.subject, p.body from events e join event_payloads p on p.id = e.id
    where e.organization_id = ${organizationId} and e.type like ${pattern} order by e.id`;
  const dataKey = await vault.dataKey(organizationId);
  return rows.map(({ body, ...row }) => ({
    ...row,
    data: JSON.parse(dataKey.open(payloadAad(row.id), body).toString()) as Record<string, unknown>,
  }));
}

/** Handles callbacks that were stored since the last call, each once, as the consumer does. */
export function createHintTaker(source: Source, takeHint: ReturnType<typeof createTakeHint>) {
  const taken = new Set<string>();
  return async (): Promise<void> => {
    for (const { id, type, data } of await readEvents(source, "cari.%")) {
      if (taken.has(id) || (type !== orangeMoneyTopic && type !== mtnMomoTopic)) continue;
      taken.add(id);
      const payload = mobileMoneyHintPayload.parse(data);
      const envelope = { id, topic: type, timestamp: "", source_service: "test", payload };
      const context = {
        organizationId: source.organizationId,
        eventId: id,
        deliveryId: id,
        attempt: 1,
        payloadBytes: Buffer.from(JSON.stringify(data)),
        signal: new AbortController().signal,
        publish: async () => {},
      };
      await source.sql.begin((tx) => takeHint(tx, envelope, context));
    }
  };
}
