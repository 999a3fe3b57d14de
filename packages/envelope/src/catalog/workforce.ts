import { z } from "zod";
import { defineEventType, defineTopic } from "./define.ts";
import { dateOfOurTime, foreignId, moment, momentOfOurTime, storableId } from "./fields.ts";

const leavePayload = z.looseObject({
  leave_id: foreignId,
  user_id: foreignId,
  organization_id: foreignId,
  starts_on: z.iso.date(),
  ends_on: z.iso.date(),
  approved_by: foreignId,
  approved_at: moment,
});

/** Days of one leave, first and last included; a longer one is told in parts. */
export const leaveDaysMax = 366;

const dayMs = 86_400_000;
/** Days from one date to the other, both included. */
const daysBetween = (startsOn: string, endsOn: string): number =>
  (Date.parse(endsOn) - Date.parse(startsOn)) / dayMs + 1;

/** What every leave that reaches the roster must be: storable, ending after it starts, of bounded length. */
export const leaveApprovedPayload = z
  .looseObject({
    leave_id: storableId,
    user_id: storableId,
    organization_id: storableId,
    /** First and last day, both included, as dates on the wall: they belong to no time zone. */
    starts_on: dateOfOurTime,
    ends_on: dateOfOurTime,
    approved_by: storableId,
    /** Tells which of two versions of a leave is the later one. */
    approved_at: momentOfOurTime,
  })
  .refine(({ starts_on, ends_on }) => starts_on <= ends_on, {
    path: ["ends_on"],
    message: "must not be before starts_on",
  })
  .refine(({ starts_on, ends_on }) => daysBetween(starts_on, ends_on) <= leaveDaysMax, {
    path: ["ends_on"],
    message: `must be at most ${leaveDaysMax} days from starts_on`,
  });

export type LeaveApprovedPayload = z.infer<typeof leaveApprovedPayload>;

const sample = {
  leave_id: "leave_1001",
  user_id: "user_17",
  organization_id: "org_9",
  starts_on: "2026-03-02",
  ends_on: "2026-03-06",
  approved_by: "user_3",
  approved_at: "2026-02-20T09:00:00Z",
};

/** Seed 1, "Workforce Events". */
export const workforceEventTypes = [
  defineEventType({
    type: "leave.approved",
    domain: "Workforce",
    description: "a leave request was approved",
    schema: leavePayload,
    example: sample,
  }),
] as const;

export const workforceTopics = [
  defineTopic({
    topic: "cari.workforce.leave_approved",
    description: "A leave request was approved.",
    schema: leaveApprovedPayload,
    sample,
    publicType: "leave.approved",
  }),
] as const;
