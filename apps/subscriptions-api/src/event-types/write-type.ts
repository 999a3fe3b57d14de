import { ownEventTypesCharactersMax, ownEventTypesMax } from "@carewire/contracts";
import { appendAudit } from "@carewire/db";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import type { EventTypeRow } from "./event-type-row.ts";

/** Of a type what takes room. */
type Sized = Pick<EventTypeRow, "type" | "schema" | "example">;

const charactersOf = (value: object | null): number => (value === null ? 0 : JSON.stringify(value).length);

/**
 * True when the organization has room for a type as it is going to be. Until the transaction ends nobody else can take
 * that room.
 */
export async function hasRoomFor(
  tx: postgres.TransactionSql,
  organizationId: string,
  { type, schema, example }: Sized,
): Promise<boolean> {
  await tx`select pg_advisory_xact_lock(hashtextextended('event_types:' || ${organizationId}::text, 0))`;
  const [others] = await tx<{ types: number; characters: number }[]>`
    select count(*)::int as types,
      coalesce(sum(coalesce(length(schema::text), 0) + coalesce(length(example::text), 0)), 0)::int as characters
    from event_types where organization_id = ${organizationId} and type <> ${type}`;
  if (others === undefined) throw new Error("an aggregate without a row");
  const characters = others.characters + charactersOf(schema) + charactersOf(example);
  return others.types < ownEventTypesMax && characters <= ownEventTypesCharactersMax;
}

/** A JSON column's value. */
export const jsonb = (tx: postgres.TransactionSql, value: object | null) =>
  value === null ? null : tx.json(value as postgres.JSONValue);

/** Puts a change of an event type on the organization's audit chain. */
export function auditType(
  tx: postgres.TransactionSql,
  principal: Principal,
  change: {
    action: `event_type.${"created" | "updated" | "deleted"}`;
    type: string;
    fields: string[];
    now: Date;
  },
): Promise<void> {
  return appendAudit(tx, {
    organizationId: principal.organizationId,
    actor: actorOf(principal),
    action: change.action,
    target: change.type,
    detail: change.fields.length === 0 ? {} : { fields: change.fields },
    now: change.now,
  });
}

/** What an organization is told that wants more than it may have. */
export const tooManyTypes = {
  detail: `An organization may have ${ownEventTypesMax} event types, with ${ownEventTypesCharactersMax} characters of schemas and examples altogether; delete some first.`,
};
