import type { Account } from "@carewire/contracts";
import type { accounts } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";

export type AccountRow = typeof accounts.$inferSelect;

/** The condition on `accounts a` that keeps a caller to its organization, and a key of an account to that account. */
export function visibleAccounts(tx: postgres.TransactionSql, principal: Principal) {
  const own = principal.accountId === null ? tx`` : tx`and a.id = ${principal.accountId}`;
  return tx`a.organization_id = ${principal.organizationId} ${own}`;
}

export const presentAccount = (row: AccountRow): Account => ({
  id: publicId("acc", row.id),
  name: row.name,
  created_at: row.created_at.toISOString(),
});
