import { z } from "zod";
import { defineEventType } from "./define.ts";
import { foreignId } from "./fields.ts";

const appointmentPayload = z.looseObject({
  appointment_id: foreignId,
  patient_id: foreignId,
  doctor_id: foreignId.optional(),
  clinic_id: foreignId.optional(),
  status: z.string().max(64).optional(),
});

const appointmentEventType = <Type extends `appointment.${string}`>(
  type: Type,
  description: string,
  status: string,
) =>
  defineEventType({
    type,
    domain: "Appointments",
    description,
    schema: appointmentPayload,
    example: {
      appointment_id: "appt_789",
      patient_id: "pat_456",
      doctor_id: "dr_abc",
      clinic_id: "clinic_12",
      status,
    },
  });

/** Seed 1, "Scheduling Events", and seed 5. */
export const appointmentEventTypes = [
  appointmentEventType("appointment.created", "an appointment was booked", "booked"),
  appointmentEventType("appointment.updated", "an appointment's details changed", "booked"),
  appointmentEventType("appointment.rescheduled", "an appointment's time was changed", "booked"),
  appointmentEventType("appointment.cancelled", "an appointment was cancelled", "cancelled"),
  appointmentEventType("appointment.completed", "an appointment took place", "completed"),
] as const;
