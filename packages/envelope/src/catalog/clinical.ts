import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const labResultPayload = z.looseObject({
  lab_result_id: foreignId,
  patient_id: foreignId,
  doctor_id: foreignId.optional(),
});

const clinicalRecordPayload = z.looseObject({ record_id: foreignId, patient_id: foreignId });

/** Seed 1, "Clinical Events"; prescriptions have a file of their own. */
export const clinicalEventTypes = [
  defineEventType({
    type: "lab_result.received",
    domain: "Clinical",
    description: "a new lab result was ingested",
    schema: labResultPayload,
    example: { lab_result_id: "lab_1001", patient_id: "pat_456", doctor_id: "dr_abc" },
  }),
  defineEventType({
    type: "clinical_record.updated",
    domain: "Clinical",
    description: "a patient record was modified",
    schema: clinicalRecordPayload,
    example: { record_id: "rec_1001", patient_id: "pat_456" },
  }),
] as const;
