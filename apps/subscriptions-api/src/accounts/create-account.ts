import { accountsMax, apiContract } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import { actorOf } from "../tenancy/actor.ts";
import { type AccountRow, presentAccount } from "./account-row.ts";

interface CreateAccountDeps {
  sql: Sql;
  clock: Clock;
}

/** Null: the organization has as many accounts as it may. */
function create(
  { sql, clock }: CreateAccountDeps,
  principal: Principal,
  name: string,
): Promise<AccountRow | null> {
  const { organizationId } = principal;
  const now = new Date(clock.now());
  return withTenant(sql, organizationId, async (tx) => {
    const [counted] = await tx<{ accounts: number }[]>`
      select count(*)::int as accounts from accounts where organization_id = ${organizationId}`;
    if (counted === undefined || counted.accounts >= accountsMax) return null;
    const id = newId(now.getTime());
    const [row] = await tx<AccountRow[]>`
      insert into accounts (id, organization_id, name, created_at)
      values (${id}, ${organizationId}, ${name}, ${now}) returning *`;
    if (row === undefined) throw new Error("insert into accounts returned no row");
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "account.created",
      target: publicId("acc", id),
      detail: {},
      now,
    });
    return row;
  });
}

/** `POST /v1/accounts` */
export function createCreateAccount(deps: CreateAccountDeps) {
  return initServer().route(apiContract.accounts.create, async ({ body, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) {
      const detail = "Accounts are the organization's; use a key that is not bound to an account.";
      return problemResult(res, "insufficient_scope", { detail });
    }
    const row = await create(deps, principal, body.name);
    if (row !== null) return { status: 201, body: presentAccount(row) };
    const detail = `The organization has ${accountsMax} accounts, and may have no more.`;
    return problemResult(res, "conflict", { detail });
  });
}
