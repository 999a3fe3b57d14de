import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const compliancePayload = z.looseObject({
  customer_id: foreignId,
  /** `<country>-<region>`, e.g. `US-TX`. */
  region_code: z.string().min(1).max(16).optional(),
});

const establishmentFulfilledPayload = z.looseObject({
  customer_id: foreignId,
  /** `<country>-<region>`, e.g. `US-TX`. */
  region_code: z.string().min(1).max(16),
  establishment: z.looseObject({ id: foreignId, established: z.boolean() }),
});

const domain = "Compliance";
const example = { customer_id: "cus_xyz", region_code: "US-TX" };

/** Seed 2, "Event Types" and "Payload Structure". */
export const complianceEventTypes = [
  defineEventType({
    type: "compliance.requirement_created",
    domain,
    description: "validation needed",
    schema: compliancePayload,
    example,
  }),
  defineEventType({
    type: "compliance.establishment_fulfilled",
    domain,
    description: "user verified in region",
    schema: establishmentFulfilledPayload,
    example: { ...example, establishment: { id: "est_456", established: true } },
  }),
  defineEventType({
    type: "compliance.establishment_expired",
    domain,
    description: "verification lapsed",
    schema: compliancePayload,
    example,
  }),
  defineEventType({
    type: "compliance.consultation_scheduled",
    domain,
    description: "appointment booked",
    schema: compliancePayload,
    example: { ...example, appointment_id: "appt_789" },
  }),
] as const;
