import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId, moment } from "./fields.ts";

const leavePayload = z.looseObject({
  leave_id: foreignId,
  user_id: foreignId,
  organization_id: foreignId,
  starts_on: z.iso.date(),
  ends_on: z.iso.date(),
  approved_by: foreignId,
  approved_at: moment,
});

/** Seed 1, "Workforce Events". */
export const workforceEventTypes = [
  defineEventType({
    type: "leave.approved",
    domain: "Workforce",
    description: "a leave request was approved",
    schema: leavePayload,
    example: {
      leave_id: "leave_1001",
      user_id: "user_17",
      organization_id: "org_9",
      starts_on: "2026-03-02",
      ends_on: "2026-03-06",
      approved_by: "user_3",
      approved_at: "2026-02-20T09:00:00Z",
    },
  }),
] as const;
