import type postgres from "postgres";
import type { Sql } from "./connect.ts";

/**
 * Runs `work` in a transaction that sees and changes one organization's rows only, whatever its statements forgot to
 * ask for: row level security, as role `carewire_tenant` with the organization set until the transaction ends.
 * Resolves to what `work` resolves to, after the commit; throws what it throws, after the rollback.
 */
export function withTenant<Result>(
  sql: Sql,
  organizationId: string,
  work: (tx: postgres.TransactionSql) => Promise<Result>,
): Promise<Result> {
  return sql.begin(async (tx) => {
    await tx`select set_config('role', 'carewire_tenant', true),
      set_config('carewire.organization_id', ${organizationId}, true)`;
    return work(tx);
  }) as Promise<Result>;
}
