import { createHash } from "node:crypto";
import type { SubmittedEvent } from "@carewire/bus";
import type { PublishEvent } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { type Clock, eventTypes, newId, parsePublicId } from "@carewire/envelope";
import type { Principal, ProblemDetails, ProblemItem } from "@carewire/service-kit";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { conflictDetail } from "./conflict-detail.ts";
import { problemItems } from "./problem-items.ts";

export interface PrepareDeps {
  sql: Sql;
  clock: Clock;
}

/** One event as a caller sent it. */
export interface IncomingEvent {
  body: PublishEvent;
  /** The bytes of its `data`, exactly as sent. */
  rawData: Buffer;
  /** Idempotency key for an event without an id of its own. */
  fallbackKey: string | null;
}

/** Ready to be stored, or why it is refused. */
export type Preparation =
  | { ok: true; event: SubmittedEvent }
  | { ok: false; code: "validation_failed" | "idempotency_conflict"; details: ProblemDetails };

/** What tells a repeated event from another one under the same key: every field, and the data to the byte. */
function contentHash(body: PublishEvent, rawData: Buffer): Buffer {
  const fields = [body.type, body.id, body.subject, body.account_id, body.created_at];
  return createHash("sha256").update(JSON.stringify(fields)).update("\n").update(rawData).digest();
}

function payloadMistakes(body: PublishEvent): ProblemItem[] {
  const checked = eventTypes.get(body.type)?.schema.safeParse(body.data);
  return checked === undefined || checked.success ? [] : problemItems(checked.error, ["data"]);
}

/** True when `id` is the one we gave to another event, so that two events would be shown under it. */
async function isTaken(sql: Sql, principal: Principal, id: string | undefined): Promise<boolean> {
  const uuid = id === undefined ? null : parsePublicId("evt", id);
  if (uuid === null) return false;
  const rows = await sql`
    select 1 from events
    where id = ${uuid} and organization_id = ${principal.organizationId} and external_id is null`;
  return rows.length > 0;
}

/**
 * Checks what the contract cannot: a known type's schema, the account, and that the id is free. A caller's id is never
 * a primary key: one that collided, say with another tenant's, would fail the whole group commit it is part of.
 */
export async function prepareEvent(
  { sql, clock }: PrepareDeps,
  principal: Principal,
  { body, rawData, fallbackKey }: IncomingEvent,
): Promise<Preparation> {
  const mistakes = payloadMistakes(body);
  if (mistakes.length > 0) {
    const detail = `The data does not have the form of a ${body.type} event.`;
    return { ok: false, code: "validation_failed", details: { detail, errors: mistakes } };
  }
  const account = await findAccount(sql, principal, body.account_id);
  if (!account.ok) return { ok: false, code: "validation_failed", details: unknownAccount };
  if (await isTaken(sql, principal, body.id)) {
    return { ok: false, code: "idempotency_conflict", details: { detail: conflictDetail } };
  }
  const now = clock.now();
  const draft = {
    id: newId(now),
    organizationId: principal.organizationId,
    accountId: account.accountId,
    type: body.type,
    externalId: body.id ?? null,
    subject: body.subject ?? null,
    sourceService: "api",
    occurredAt: new Date(body.created_at ?? now),
    body: rawData,
  };
  const key = body.id === undefined ? fallbackKey : `id:${body.id}`;
  return { ok: true, event: { draft, key, bodyHash: contentHash(body, rawData) } };
}
