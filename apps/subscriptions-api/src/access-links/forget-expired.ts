import type postgres from "postgres";

/** Long enough to look up what an entry of the audit trail names. */
const keptMs = 7 * 24 * 3_600_000;
const rowsMax = 500;

/** Deletes some of an organization's rows that expired a week ago: whoever makes new ones clears up after old ones. */
export async function forgetExpired(
  tx: postgres.TransactionSql,
  table: "access_links" | "sessions",
  organizationId: string,
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - keptMs);
  await tx`
    delete from ${tx(table)} where id in (
      select id from ${tx(table)} where organization_id = ${organizationId} and expires_at < ${before}
      order by expires_at limit ${rowsMax} for update skip locked)`;
}
