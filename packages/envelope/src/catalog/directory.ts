import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const patientPayload = z.looseObject({ patient_id: foreignId });
const doctorPayload = z.looseObject({ doctor_id: foreignId, clinic_id: foreignId.optional() });
const clinicPayload = z.looseObject({ clinic_id: foreignId });

const patient = { domain: "Patients", schema: patientPayload, example: { patient_id: "pat_456" } };
const doctor = {
  domain: "Doctors",
  schema: doctorPayload,
  example: { doctor_id: "dr_abc", clinic_id: "clinic_12" },
};
const clinic = { domain: "Clinics", schema: clinicPayload, example: { clinic_id: "clinic_12" } };

/** The people and places that the payloads of seeds 1 and 5 name by id. */
export const directoryEventTypes = [
  defineEventType({ ...patient, type: "patient.created", description: "a patient was registered" }),
  defineEventType({ ...patient, type: "patient.updated", description: "a patient's details changed" }),
  defineEventType({ ...doctor, type: "doctor.created", description: "a doctor's profile was made" }),
  defineEventType({ ...doctor, type: "doctor.updated", description: "a doctor's profile changed" }),
  defineEventType({ ...clinic, type: "clinic.created", description: "a clinic was added" }),
  defineEventType({ ...clinic, type: "clinic.updated", description: "a clinic's details changed" }),
] as const;
