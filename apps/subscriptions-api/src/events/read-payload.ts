import { payloadAad, type Vault } from "@carewire/bus";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { hasScope, type Principal } from "@carewire/service-kit";
import type postgres from "postgres";
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

/** True when the event's payload is not kept any more, by erasure or age. */
export async function isPayloadErased(tx: postgres.TransactionSql, eventId: string): Promise<boolean> {
  const rows = await tx`select 1 from event_payloads where id = ${eventId} and body is not null`;
  return rows.length === 0;
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
  const dataKey = await vault.dataKey(organizationId);
  return withTenant(sql, organizationId, async (tx) => {
    const [row] = await tx<{ body: Buffer | null }[]>`select body from event_payloads where id = ${eventId}`;
    if (!row?.body) return {};
    const payload = exactView(dataKey.open(payloadAad(eventId), row.body));
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action,
      target,
      detail: {},
      now: new Date(clock.now()),
    });
    return { payload };
  });
}
