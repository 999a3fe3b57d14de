import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

/** Inside and outside alike. */
export const prescriptionPayload = z.looseObject({
  prescription_id: foreignId,
  patient_id: foreignId,
  doctor_id: foreignId.optional(),
});

const prescriptionEventType = <Type extends `prescription.${string}`>(type: Type, description: string) =>
  defineEventType({
    type,
    domain: "Prescriptions",
    description,
    schema: prescriptionPayload,
    example: { prescription_id: "rx_1001", patient_id: "pat_456", doctor_id: "dr_abc" },
  });

/** Seed 1, "Clinical Events", and seed 5. */
export const prescriptionEventTypes = [
  prescriptionEventType("prescription.created", "a prescription was written"),
  prescriptionEventType("prescription.updated", "a prescription was changed"),
] as const;
