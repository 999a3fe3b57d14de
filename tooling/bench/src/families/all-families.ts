import type { BenchFamily } from "./family.ts";
import { messaging } from "./messaging.ts";
import { payments } from "./payments.ts";
import { createStandardFamily } from "./standard-family.ts";
import { telemedicine } from "./telemedicine.ts";

const gtm = createStandardFamily({
  app: "ingress-gtm",
  sender: "Resend",
  provider: "resend",
  path: "/api/gtm/webhooks/resend",
  bodyBytesMax: 262_144,
  headers: "svix",
  env: (secret) => ({ RESEND_WEBHOOK_SECRET: secret, GTM_INBOUND_SECRET: secret }),
  createEvent: (id, filler) => ({
    type: "email.delivered",
    created_at: new Date().toISOString(),
    data: { email_id: `em_${id}`, to: ["patient@example.org"], subject: filler },
  }),
});

const emr = createStandardFamily({
  app: "ingress-emr",
  sender: "the EMR",
  provider: "emr",
  path: "/webhooks/emr/video-call-completed",
  bodyBytesMax: 262_144,
  headers: "webhook",
  env: (secret) => ({ EMR_WEBHOOK_SECRET: secret }),
  createEvent: (id, filler) => ({
    event: "video_call.completed",
    patient_external_id: "cus_bench",
    appointment_id: `appt_${id}`,
    completed_at: new Date().toISOString(),
    filler,
  }),
});

const workforce = createStandardFamily({
  app: "ingress-workforce",
  sender: "the workforce system",
  provider: "workforce",
  path: "/api/workforce/webhooks/leave-approved",
  bodyBytesMax: 65_536,
  headers: "webhook",
  env: (secret) => ({ WORKFORCE_WEBHOOK_SECRET: secret }),
  createEvent: (id, filler) => ({
    event: "leave.approved",
    leave_id: `leave_${id}`,
    user_id: "user_17",
    organization_id: "org_9",
    starts_on: "2026-03-02",
    ends_on: "2026-03-06",
    approved_by: "user_3",
    approved_at: new Date().toISOString(),
    filler,
  }),
});

/** Every family of inbound providers, by name. */
export const allFamilies = { payments, telemedicine, messaging, gtm, emr, workforce } satisfies Record<
  string,
  BenchFamily
>;

export type FamilyName = keyof typeof allFamilies;
