import type { PublishEvent } from "@carewire/contracts";
import { type Queryable, type Sql, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import type { Principal, ProblemDetails } from "@carewire/service-kit";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { conflictDetail } from "./conflict-detail.ts";

/** What the database has to say about an event that is to be published. */
export type StoredCheck =
  | { ok: true; accountId: string | null }
  | { ok: false; code: "validation_failed" | "idempotency_conflict"; details: ProblemDetails };

const otherAccount = {
  detail: "Check resource.id.",
  errors: [
    {
      path: "resource.id",
      message: "This resource was published for another account, or for the organization itself.",
      code: "other_account",
    },
  ],
};

const asksDatabase = ({ account_id, id, resource }: PublishEvent): boolean =>
  account_id !== undefined ||
  resource !== undefined ||
  (id !== undefined && parsePublicId("evt", id) !== null);

/** True when `id` is the one we gave to another event, so that two events would be shown under it. */
async function isTaken(tx: Queryable, principal: Principal, id: string | undefined): Promise<boolean> {
  const uuid = id === undefined ? null : parsePublicId("evt", id);
  if (uuid === null) return false;
  const rows = await tx`
    select 1 from events
    where id = ${uuid} and organization_id = ${principal.organizationId} and external_id is null`;
  return rows.length > 0;
}

/** True when the event's resource belongs to another account already: it would be ignored, and nobody told. */
async function isOfOtherAccount(
  tx: Queryable,
  principal: Principal,
  accountId: string | null,
  resource: PublishEvent["resource"],
): Promise<boolean> {
  if (resource === undefined) return false;
  const rows = await tx`
    select 1 from resources where organization_id = ${principal.organizationId} and kind = ${resource.kind}
      and resource_id = ${resource.id} and account_id is distinct from ${accountId}::uuid`;
  return rows.length > 0;
}

async function check(tx: Queryable, principal: Principal, body: PublishEvent): Promise<StoredCheck> {
  const account = await findAccount(tx, principal, body.account_id);
  if (!account.ok) return { ok: false, code: "validation_failed", details: unknownAccount };
  if (await isTaken(tx, principal, body.id)) {
    return { ok: false, code: "idempotency_conflict", details: { detail: conflictDetail } };
  }
  if (await isOfOtherAccount(tx, principal, account.accountId, body.resource)) {
    return { ok: false, code: "validation_failed", details: otherAccount };
  }
  return account;
}

/** Checks what depends on stored rows, in one transaction for all; events without such a field cost nothing. */
export function checkAgainstStored(
  sql: Sql,
  principal: Principal,
  bodies: PublishEvent[],
): Promise<StoredCheck[]> {
  const checkAll = (tx: Queryable) => Promise.all(bodies.map((body) => check(tx, principal, body)));
  return bodies.some(asksDatabase) ? withTenant(sql, principal.organizationId, checkAll) : checkAll(sql);
}
