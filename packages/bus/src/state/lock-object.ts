import type { TransactionSql } from "postgres";

/**
 * Makes this transaction the only one that decides about one of a provider's objects, until it ends. A row lock would
 * not do: the first event of an object finds no row, and two firsts may run at once. Take it before reading, in a
 * statement of its own, so that the read sees what the previous holder committed.
 */
export async function lockObject(
  tx: TransactionSql,
  organizationId: string,
  objectId: string,
): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${organizationId}:${objectId}`}, 0))`;
}
