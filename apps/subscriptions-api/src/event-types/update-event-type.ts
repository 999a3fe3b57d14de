import { apiContract, type UpdateEventType } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { type Principal, type ProblemItem, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import type { WriteTypeDeps } from "./create-event-type.ts";
import { type EventTypeRow, findOwnType, presentOwnType } from "./event-type-row.ts";
import { noOwnType } from "./no-own-type.ts";
import { organizationOnly } from "./organization-only.ts";
import { schemaMistakes, typeProblem } from "./type-mistakes.ts";
import { auditType, hasRoomFor, jsonb, tooManyTypes } from "./write-type.ts";

type Update =
  | { outcome: "updated"; row: EventTypeRow }
  | { outcome: "not_found" | "too_many" }
  | { outcome: "refused"; errors: ProblemItem[] };

async function write(tx: postgres.TransactionSql, next: EventTypeRow, nowMs: number): Promise<EventTypeRow> {
  // Never the same moment twice: compiled schemas are known by it.
  const updatedAt = new Date(Math.max(nowMs, next.updated_at.getTime() + 1));
  const [row] = await tx<EventTypeRow[]>`
    update event_types set domain = ${next.domain}, description = ${next.description},
      schema = ${jsonb(tx, next.schema)}, example = ${jsonb(tx, next.example)}, updated_at = ${updatedAt}
    where organization_id = ${next.organization_id} and type = ${next.type} returning *`;
  if (row === undefined) throw new Error("a locked event type vanished");
  return row;
}

function update(
  { sql, clock }: WriteTypeDeps,
  principal: Principal,
  type: string,
  changes: UpdateEventType,
): Promise<Update> {
  const { organizationId } = principal;
  return withTenant(sql, organizationId, async (tx): Promise<Update> => {
    const before = await findOwnType(tx, organizationId, type, "for update");
    if (before === null) return { outcome: "not_found" };
    const next = { ...before, ...changes };
    const errors = schemaMistakes(next.schema, next.example);
    if (errors.length > 0) return { outcome: "refused", errors };
    if (!(await hasRoomFor(tx, organizationId, next))) return { outcome: "too_many" };
    const row = await write(tx, next, clock.now());
    const change = { action: "event_type.updated" as const, type, fields: Object.keys(changes).sort() };
    await auditType(tx, principal, { ...change, now: new Date(clock.now()) });
    return { outcome: "updated", row };
  });
}

/** `PATCH /v1/event-types/:type` */
export function createUpdateEventType(deps: WriteTypeDeps) {
  return initServer().route(apiContract.eventTypes.update, async ({ params, body, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationOnly(res);
    const updated = await update(deps, principal, params.type, body);
    switch (updated.outcome) {
      case "updated":
        deps.typeSchemas.forget(principal.organizationId);
        return { status: 200, body: presentOwnType(updated.row) };
      case "not_found":
        return noOwnType(res);
      case "too_many":
        return problemResult(res, "conflict", tooManyTypes);
      case "refused":
        return problemResult(res, "validation_failed", typeProblem(updated.errors));
    }
  });
}
