import { z } from "zod";
import { defineEventType, defineTopic } from "./define.ts";
import { foreignId } from "./fields.ts";
import { prescriptionPayload } from "./prescription.ts";

const labResultPayload = z.looseObject({
  lab_result_id: foreignId,
  patient_id: foreignId,
  doctor_id: foreignId.optional(),
});

const coded = z.looseObject({ code: z.string(), name: z.string(), system: z.string() });

const observation = z.looseObject({
  ...coded.shape,
  /** HL7 table 0125: NM, ST, CWE, … */
  value_type: z.string(),
  /** As text, however it was typed; one per repetition. */
  values: z.array(z.string()),
  units: z.string(),
  reference_range: z.string(),
  /** HL7 table 0078: H, L, A, … */
  abnormal_flags: z.array(z.string()),
  /** HL7 table 0085: F final, P preliminary, C corrected, … */
  status: z.string(),
  observed_at: z.string().nullable(),
  notes: z.array(z.string()),
});

/** One ordered test and its results: an OBR of an HL7 message with the OBX that follow it. */
export const labResultReceivedPayload = labResultPayload.extend({
  placer_order_id: z.string().optional(),
  filler_order_id: z.string().optional(),
  test: coded.optional(),
  /** HL7 table 0123: F final, P preliminary, C corrected, … */
  status: z.string().optional(),
  /** ISO 8601, with an offset when the laboratory gave one. */
  observed_at: z.string().nullish(),
  observations: z.array(observation).optional(),
  notes: z.array(z.string()).optional(),
});

export type LabResultReceivedPayload = z.infer<typeof labResultReceivedPayload>;

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

export const clinicalTopics = [
  defineTopic({
    topic: "cari.clinical.lab_result_received",
    description: "A new lab result was ingested via HL7v2.",
    schema: labResultReceivedPayload,
    sample: {
      lab_result_id: "845439",
      patient_id: "pat_456",
      doctor_id: "dr_abc",
      placer_order_id: "845439",
      filler_order_id: "1045813",
      test: { code: "2345-7", name: "Glucose", system: "LN" },
      status: "F",
      observed_at: "2026-01-04T07:30:00+01:00",
      observations: [
        {
          code: "2345-7",
          name: "Glucose",
          system: "LN",
          value_type: "NM",
          values: ["182"],
          units: "mg/dl",
          reference_range: "70-105",
          abnormal_flags: ["H"],
          status: "F",
          observed_at: null,
          notes: [],
        },
      ],
      notes: [],
    },
    publicType: "lab_result.received",
  }),
  defineTopic({
    topic: "cari.clinical.prescription_created",
    description: "A new prescription was written.",
    schema: prescriptionPayload,
    sample: { prescription_id: "rx_1001", patient_id: "pat_456", doctor_id: "dr_abc" },
    publicType: "prescription.created",
  }),
  defineTopic({
    topic: "cari.clinical.clinical_record_updated",
    description: "A patient record was modified.",
    schema: clinicalRecordPayload,
    sample: { record_id: "rec_1001", patient_id: "pat_456" },
    publicType: "clinical_record.updated",
  }),
] as const;
