import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

/** Inside and outside alike. */
export const appointmentPayload = z.looseObject({
  appointment_id: foreignId,
  patient_id: foreignId,
  doctor_id: foreignId.optional(),
  clinic_id: foreignId.optional(),
  status: z.string().max(64).optional(),
});

/** In Eka's order, with the ids that the partner who booked it knows it by. */
const ids = [
  "appointment_id",
  "partner_appointment_id",
  "doctor_id",
  "partner_doctor_id",
  "patient_id",
  "partner_patient_id",
  "clinic_id",
  "partner_clinic_id",
];

const appointmentEventType = <Type extends `appointment.${string}`>(
  type: Type,
  description: string,
  status: string,
  thin: { action?: string } = {},
) =>
  defineEventType({
    type,
    domain: "Appointments",
    description,
    schema: appointmentPayload,
    thin: { ids, ...thin },
    example: {
      appointment_id: "appt_789",
      patient_id: "pat_456",
      doctor_id: "dr_abc",
      clinic_id: "clinic_12",
      status,
    },
  });

/** Seed 1, "Scheduling Events", and seed 5, which calls an update "modified". */
export const appointmentEventTypes = [
  appointmentEventType("appointment.created", "an appointment was made", "booked"),
  appointmentEventType("appointment.booked", "an appointment has been confirmed", "booked"),
  appointmentEventType("appointment.updated", "an appointment's details changed", "booked", {
    action: "modified",
  }),
  appointmentEventType("appointment.rescheduled", "an appointment's time was changed", "booked"),
  appointmentEventType("appointment.cancelled", "an appointment was cancelled", "cancelled"),
  appointmentEventType("appointment.completed", "an appointment took place", "completed"),
] as const;
