import { appointmentPayload } from "./appointment.ts";
import { defineTopic } from "./define.ts";

const sample = {
  appointment_id: "appt_789",
  patient_id: "pat_456",
  doctor_id: "dr_abc",
  clinic_id: "clinic_12",
  starts_at: "2026-03-02T09:30:00Z",
};

const schedulingTopic = <Name extends string>(name: Name, description: string, more: { status: string }) =>
  defineTopic({
    topic: `cari.scheduling.appointment_${name}`,
    description,
    schema: appointmentPayload,
    sample: { ...sample, ...more },
    publicType: `appointment.${name}`,
  });

/** Seed 1, "Scheduling Events". */
export const schedulingTopics = [
  schedulingTopic("created", "An appointment was made.", { status: "requested" }),
  schedulingTopic("booked", "An appointment has been confirmed.", { status: "booked" }),
  schedulingTopic("cancelled", "An appointment was cancelled.", { status: "cancelled" }),
  schedulingTopic("rescheduled", "An appointment's time was changed.", { status: "booked" }),
] as const;
