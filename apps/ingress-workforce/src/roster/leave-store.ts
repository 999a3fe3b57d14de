import type { TransactionSql } from "postgres";
import type { Leave } from "./leave-state.ts";

/** Makes this transaction the only one that decides about one leave, until it ends; then reads the row. */
export async function lockLeave(
  tx: TransactionSql,
  organizationId: string,
  leaveId: string,
): Promise<Leave | null> {
  const name = JSON.stringify(["leave", organizationId, leaveId]);
  await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  const [row] = await tx<Leave[]>`
    select leave_id "leaveId", user_id "userId", member_of "memberOf", starts_on::text "startsOn",
      ends_on::text "endsOn", approved_by "approvedBy", approved_at "approvedAt"
    from leaves where organization_id = ${organizationId} and leave_id = ${leaveId}`;
  return row ?? null;
}

/** Stores a leave, and makes its days in the roster exactly those from its first to its last. */
export async function saveLeave(tx: TransactionSql, organizationId: string, leave: Leave): Promise<void> {
  const { leaveId, userId, memberOf, startsOn, endsOn } = leave;
  await tx`
    insert into leaves (organization_id, leave_id, user_id, member_of, starts_on, ends_on, approved_by, approved_at)
    values (${organizationId}, ${leaveId}, ${userId}, ${memberOf}, ${startsOn}, ${endsOn}, ${leave.approvedBy},
      ${leave.approvedAt})
    on conflict (organization_id, leave_id) do update set user_id = excluded.user_id, member_of = excluded.member_of,
      starts_on = excluded.starts_on, ends_on = excluded.ends_on, approved_by = excluded.approved_by,
      approved_at = excluded.approved_at, updated_at = now()`;
  await tx`
    delete from roster_days where organization_id = ${organizationId} and leave_id = ${leaveId}
      and (day < ${startsOn}::date or day > ${endsOn}::date)`;
  // Days are counted, not added up as time: a day of 23 hours is one, too.
  await tx`
    insert into roster_days (organization_id, leave_id, day, user_id, member_of)
    select ${organizationId}, ${leaveId}, ${startsOn}::date + n, ${userId}, ${memberOf}
    from generate_series(0, ${endsOn}::date - ${startsOn}::date) n
    on conflict (organization_id, leave_id, day) do update set user_id = excluded.user_id,
      member_of = excluded.member_of`;
}
