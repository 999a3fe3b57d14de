import type { Queryable } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";

/** The account a request is about (null: the organization itself), or that there is no such account for the caller. */
export type FoundAccount = { ok: true; accountId: string | null } | { ok: false };

/**
 * Which account `given` (a public id) means for the caller. A key that is bound to an account knows no other, and
 * stands for its own when none is given.
 */
export async function findAccount(
  sql: Queryable,
  principal: Principal,
  given: string | undefined,
): Promise<FoundAccount> {
  if (given === undefined) return { ok: true, accountId: principal.accountId };
  const accountId = parsePublicId("acc", given);
  if (accountId === null) return { ok: false };
  if (principal.accountId !== null) {
    return principal.accountId === accountId ? { ok: true, accountId } : { ok: false };
  }
  const [row] = await sql`
    select 1 from accounts where id = ${accountId} and organization_id = ${principal.organizationId}`;
  return row === undefined ? { ok: false } : { ok: true, accountId };
}

/** What a caller is told about an account that is not there for it. */
export const unknownAccount = {
  detail: "Check account_id.",
  errors: [
    {
      path: "account_id",
      message: "There is no such account in this organization.",
      code: "unknown_account",
    },
  ],
};
