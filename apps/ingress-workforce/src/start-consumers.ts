import { type Consumption, consume } from "@carewire/bus";
import { isAhead, type LeaveApprovedPayload, leaveApprovedPayload } from "@carewire/envelope";
import type { SharedConsumeOptions } from "@carewire/service-kit";
import { createApplyLeave } from "./handlers/apply-leave.ts";
import { leaveTopic } from "./providers/workforce/workforce-topics.ts";

/** Starts this family's consumer; it runs until its `stop`. */
export function startConsumers(shared: SharedConsumeOptions): Consumption[] {
  const schema = leaveApprovedPayload.refine(({ approved_at }) => !isAhead(approved_at, shared.clock.now()), {
    path: ["approved_at"],
    message: "must not lie in the future",
  });
  return [
    consume<LeaveApprovedPayload>({
      ...shared,
      consumer: "ingress-workforce.apply-leave",
      topics: [leaveTopic],
      schemas: new Map([[leaveTopic, schema]]),
      handler: createApplyLeave(shared),
    }),
  ];
}
