import type { ConsumerHandler } from "@carewire/bus";
import { type Clock, type LeaveApprovedPayload, newId } from "@carewire/envelope";
import { changeLeave, readLeave } from "../roster/leave-state.ts";
import { lockLeave, saveLeave } from "../roster/leave-store.ts";

/** Recorded as the origin of the public events. */
const sourceService = "ingress-workforce";

/** Applies an approved leave to `leaves` and `roster_days`; tells `leave.approved` when it says something new. */
export function createApplyLeave({ clock }: { clock: Clock }): ConsumerHandler<LeaveApprovedPayload> {
  return async (tx, { payload }, { organizationId, payloadBytes, publish }) => {
    const incoming = readLeave(payload);
    const current = await lockLeave(tx, organizationId, incoming.leaveId);
    switch (changeLeave(current, incoming)) {
      case "stale":
        return;
      case "stored":
        await saveLeave(tx, organizationId, incoming);
        await publish([
          {
            id: newId(clock.now()),
            organizationId,
            type: "leave.approved",
            subject: incoming.leaveId,
            sourceService,
            occurredAt: incoming.approvedAt,
            body: payloadBytes,
          },
        ]);
    }
  };
}
