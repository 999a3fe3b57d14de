import type { LeaveApprovedPayload } from "@carewire/envelope";

/** One row of `leaves`. Dates are text, `2026-03-02`: they belong to no time zone. */
export interface Leave {
  leaveId: string;
  userId: string;
  /** The organization named in the leave itself. */
  memberOf: string;
  /** First and last day, both included. */
  startsOn: string;
  endsOn: string;
  approvedBy: string;
  /** By the sender's clock. */
  approvedAt: Date;
}

export const readLeave = (payload: LeaveApprovedPayload): Leave => ({
  leaveId: payload.leave_id,
  userId: payload.user_id,
  memberOf: payload.organization_id,
  startsOn: payload.starts_on,
  endsOn: payload.ends_on,
  approvedBy: payload.approved_by,
  approvedAt: new Date(payload.approved_at),
});

/** What becomes of the roster. `stale`: an earlier version, or the same again. */
export type LeaveChange = "stored" | "stale";

/**
 * Decides between what is stored of a leave and what arrives: the later approval stands, whatever order they arrive in.
 * Two versions approved in the same moment are told apart by what they say, so that one of them stands in any order.
 */
export function changeLeave(current: Leave | null, incoming: Leave): LeaveChange {
  if (current === null) return "stored";
  const laterMs = incoming.approvedAt.getTime() - current.approvedAt.getTime();
  if (laterMs !== 0) return laterMs > 0 ? "stored" : "stale";
  return contentOf(incoming) > contentOf(current) ? "stored" : "stale";
}

const contentOf = ({ endsOn, startsOn, userId, memberOf, approvedBy }: Leave): string =>
  JSON.stringify([endsOn, startsOn, userId, memberOf, approvedBy]);
