import type { TransactionSql } from "postgres";

/**
 * Lets only one transaction at a time change what is known about a user. A profile and a membership that arrive at the
 * same moment would otherwise not see each other, and never be linked.
 */
export async function lockDoctor(tx: TransactionSql, organizationId: string, userId: string): Promise<void> {
  const key = `doctors:${organizationId}:${userId}`;
  await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}
