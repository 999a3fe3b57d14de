import { apiContract, type CreateEventType } from "@carewire/contracts";
import { type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { type EventTypeRow, findOwnType, presentOwnType } from "./event-type-row.ts";
import { organizationOnly } from "./organization-only.ts";
import { nameMistakes, schemaMistakes, typeProblem } from "./type-mistakes.ts";
import type { TypeSchemas } from "./type-schemas.ts";
import { auditType, hasRoomFor, jsonb, tooManyTypes } from "./write-type.ts";

export interface WriteTypeDeps {
  sql: Sql;
  clock: Clock;
  typeSchemas: TypeSchemas;
}

type Creation = { outcome: "created"; row: EventTypeRow } | { outcome: "exists" | "too_many" };

/** `medical-encounters.created` → `Medical-encounters`. */
const domainOf = (type: string): string => {
  const word = type.slice(0, type.indexOf(".")).slice(0, 64);
  return word.charAt(0).toUpperCase() + word.slice(1);
};

function create(
  { sql, clock }: WriteTypeDeps,
  principal: Principal,
  body: CreateEventType,
): Promise<Creation> {
  const { organizationId } = principal;
  const now = new Date(clock.now());
  return withTenant(sql, organizationId, async (tx): Promise<Creation> => {
    const room = await hasRoomFor(tx, organizationId, body);
    if ((await findOwnType(tx, organizationId, body.type)) !== null) return { outcome: "exists" };
    if (!room) return { outcome: "too_many" };
    const [row] = await tx<EventTypeRow[]>`
      insert into event_types (organization_id, type, domain, description, schema, example, created_by, created_at,
        updated_at)
      values (${organizationId}, ${body.type}, ${body.domain ?? domainOf(body.type)}, ${body.description},
        ${jsonb(tx, body.schema)}, ${jsonb(tx, body.example)}, ${actorOf(principal)}, ${now}, ${now})
      returning *`;
    if (row === undefined) throw new Error("insert into event_types returned no row");
    await auditType(tx, principal, { action: "event_type.created", type: row.type, fields: [], now });
    return { outcome: "created", row };
  });
}

/** `POST /v1/event-types` */
export function createCreateEventType(deps: WriteTypeDeps) {
  return initServer().route(apiContract.eventTypes.create, async ({ body, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationOnly(res);
    const mistakes = [...nameMistakes(body.type), ...schemaMistakes(body.schema, body.example)];
    if (mistakes.length > 0) return problemResult(res, "validation_failed", typeProblem(mistakes));
    const created = await create(deps, principal, body);
    switch (created.outcome) {
      case "created":
        deps.typeSchemas.forget(principal.organizationId);
        return { status: 201, body: presentOwnType(created.row) };
      case "exists":
        return problemResult(res, "conflict", {
          detail: "The organization has an event type of this name; change that one.",
        });
      case "too_many":
        return problemResult(res, "conflict", tooManyTypes);
    }
  });
}
