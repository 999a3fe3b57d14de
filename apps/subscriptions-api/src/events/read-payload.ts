import { payloadAad, type Vault } from "@carewire/bus";
import { appendAudit, type Sql } from "@carewire/db";
import type { eventPayloads } from "@carewire/db/schema";
import type { Clock } from "@carewire/envelope";
import { hasScope, type Principal } from "@carewire/service-kit";
import { exactView } from "../json/exact-view.ts";
import { actorOf } from "../tenancy/actor.ts";

export interface PayloadDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** Which payload is read, and what the audit row calls the thing it was read from. */
export interface PayloadRead {
  eventId: string;
  action: "event.payload_read" | "delivery.payload_read";
  target: string;
}

/**
 * The payload of an event the caller may see, when its key has the scope for payloads: `{payload}`, else `{}`. The
 * read is on the audit chain before anything is answered.
 */
export async function readPayload(
  { sql, vault, clock }: PayloadDeps,
  principal: Principal,
  { eventId, action, target }: PayloadRead,
): Promise<{ payload?: unknown }> {
  if (!hasScope(principal, "payloads:read")) return {};
  const { organizationId } = principal;
  const [row] = await sql<
    (typeof eventPayloads.$inferSelect)[]
  >`select * from event_payloads where id = ${eventId}`;
  if (row === undefined) return {};
  const dataKey = await vault.dataKey(organizationId);
  const payload = exactView(dataKey.open(payloadAad(eventId), row.body));
  await sql.begin((tx) =>
    appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action,
      target,
      detail: {},
      now: new Date(clock.now()),
    }),
  );
  return { payload };
}
