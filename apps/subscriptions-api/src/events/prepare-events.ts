import { createHash } from "node:crypto";
import type { ResourceDraft, SubmittedEvent } from "@carewire/bus";
import type { PublishEvent } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { type Clock, eventTypes, newId, publicId } from "@carewire/envelope";
import type { Principal, ProblemDetails } from "@carewire/service-kit";
import type { TypeSchemas } from "../event-types/type-schemas.ts";
import { rawMember } from "../json/raw-json.ts";
import type { NextTurn } from "../turns.ts";
import { checkAgainstStored } from "./check-against-stored.ts";
import { checkPayload, notChecked } from "./check-payload.ts";

export interface PrepareDeps {
  sql: Sql;
  clock: Clock;
  typeSchemas: TypeSchemas;
  /** Shared by all requests. */
  nextTurn: NextTurn;
}

/** One event as a caller sent it. */
export interface IncomingEvent {
  body: PublishEvent;
  /** The bytes of the whole event, exactly as sent. */
  raw: Buffer;
  /** Idempotency key for an event without an id of its own. */
  fallbackKey: string | null;
  /** The request's trace context; it is kept, and tells nothing about the event. */
  traceparent: string | null;
}

/** Ready to be stored, or why it is refused. */
export type Preparation =
  | { ok: true; event: SubmittedEvent }
  | { ok: false; code: "validation_failed" | "idempotency_conflict"; details: ProblemDetails };

/** Schemas of organizations' own may be costly: between events of a batch, others get their turn. */
const sliceMs = 20;
/** What checking one batch may take of this process. */
const checkingMsMax = 5_000;

function dataOf(raw: Buffer): Buffer {
  const data = rawMember(raw, "data");
  if (data === null) throw new Error("an event passed validation without data");
  return data;
}

function resourceOf({ body, raw }: IncomingEvent): ResourceDraft | null {
  if (body.resource === undefined) return null;
  const { kind, id, version } = body.resource;
  const content = rawMember(rawMember(raw, "resource") ?? Buffer.from("{}"), "body");
  return { kind, id, version, body: body.resource.body === null ? null : content };
}

/** What tells a repeated event from another one under the same key: every field, and what it carries to the byte. */
function contentHash(
  body: PublishEvent,
  accountId: string | null,
  data: Buffer,
  resource: ResourceDraft | null,
): Buffer {
  const account = accountId === null ? null : publicId("acc", accountId);
  const fields = [body.type, body.id, body.subject, account, body.created_at];
  const hash = createHash("sha256").update(JSON.stringify(fields)).update("\n").update(data);
  if (resource !== null) {
    const { kind, id, version } = resource;
    hash.update(`\n${JSON.stringify([kind, id, version])}\n`).update(resource.body ?? "null");
  }
  return hash.digest();
}

function eventOf(
  clock: Clock,
  principal: Principal,
  accountId: string | null,
  incoming: IncomingEvent,
): SubmittedEvent {
  const { body, raw, fallbackKey, traceparent } = incoming;
  const now = clock.now();
  const data = dataOf(raw);
  const draft = {
    id: newId(now),
    organizationId: principal.organizationId,
    accountId,
    type: body.type,
    externalId: body.id ?? null,
    subject: body.subject ?? null,
    sourceService: "api",
    occurredAt: new Date(body.created_at ?? now),
    body: data,
    traceparent,
  };
  const resource = resourceOf(incoming);
  const key = body.id === undefined ? fallbackKey : `id:${body.id}`;
  return { draft, key, bodyHash: contentHash(body, accountId, data, resource), resource };
}

/**
 * Checks what the contract cannot: the type's schema, the account, and that the id is free; one answer per event, in
 * order. A caller's id is never a primary key: one that collided, say with another tenant's, would fail the whole
 * group commit it is part of.
 */
export async function prepareEvents(
  { sql, clock, typeSchemas, nextTurn }: PrepareDeps,
  principal: Principal,
  events: IncomingEvent[],
): Promise<Preparation[]> {
  const bodies = events.map(({ body }) => body);
  const stored = await checkAgainstStored(sql, principal, bodies);
  const prepared: Preparation[] = [];
  let checkingMs = 0;
  let sliceEndMs = clock.now() + sliceMs;
  for (const [i, incoming] of events.entries()) {
    if (clock.now() > sliceEndMs) {
      await nextTurn();
      sliceEndMs = clock.now() + sliceMs;
    }
    const check = stored[i];
    if (check === undefined) throw new Error("fewer checks than events");
    const { type } = incoming.body;
    const own = eventTypes.has(type) ? null : await typeSchemas.find(principal.organizationId, type);
    const startMs = clock.now();
    const details = checkingMs > checkingMsMax ? notChecked : checkPayload(own, incoming);
    checkingMs += clock.now() - startMs;
    if (details !== null) prepared.push({ ok: false, code: "validation_failed", details });
    else if (!check.ok) prepared.push(check);
    else prepared.push({ ok: true, event: eventOf(clock, principal, check.accountId, incoming) });
  }
  return prepared;
}
