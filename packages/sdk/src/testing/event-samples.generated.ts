// Made from packages/envelope's catalog by `npm run generate:samples`; a test fails when it is out of date.
import type { EventPayloads } from "../events/event-payloads.generated.ts";
import type { EventSample } from "./event-sample.ts";

export const eventSamples: { readonly [Type in keyof EventPayloads]: EventSample<EventPayloads[Type]> } = {
  "appointment.booked": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"booked"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"booked"},
  },
  "appointment.cancelled": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"cancelled"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"cancelled"},
  },
  "appointment.completed": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"completed"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"completed"},
  },
  "appointment.created": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"booked"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"created"},
  },
  "appointment.rescheduled": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"booked"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"rescheduled"},
  },
  "appointment.updated": {
    example: {"appointment_id":"appt_789","patient_id":"pat_456","doctor_id":"dr_abc","clinic_id":"clinic_12","status":"booked"},
    thin: {"ids":["appointment_id","partner_appointment_id","doctor_id","partner_doctor_id","patient_id","partner_patient_id","clinic_id","partner_clinic_id"],"action":"modified"},
  },
  "billing.subscription_cancelled": {
    example: {"subscription_id":"sub_1001","customer_id":"cus_xyz","status":"canceled","current_period_end":"2026-02-01T00:00:00Z","cancel_at_period_end":false},
    thin: {"ids":["subscription_id","customer_id"],"action":"subscription_cancelled"},
  },
  "billing.subscription_updated": {
    example: {"subscription_id":"sub_1001","customer_id":"cus_xyz","status":"active","current_period_end":"2026-02-01T00:00:00Z","cancel_at_period_end":false},
    thin: {"ids":["subscription_id","customer_id"],"action":"subscription_updated"},
  },
  "call.completed": {
    example: {"call_id":"call_1001","customer_id":"cus_xyz"},
    thin: {"ids":["call_id","customer_id"],"action":"completed"},
  },
  "call.participant_joined": {
    example: {"call_id":"RM_nHPUfmxXrHry","participant_id":"PA_eU7nwP2s3FcN","identity":"dr_abc","room_name":"appt_789","joined_at":"2026-01-01T00:00:05Z"},
    thin: {"ids":["call_id","participant_id"],"action":"participant_joined"},
  },
  "call.participant_left": {
    example: {"call_id":"RM_nHPUfmxXrHry","participant_id":"PA_eU7nwP2s3FcN","identity":"dr_abc","room_name":"appt_789","left_at":"2026-01-01T00:15:00Z","reason":"CLIENT_INITIATED"},
    thin: {"ids":["call_id","participant_id"],"action":"participant_left"},
  },
  "call.started": {
    example: {"call_id":"RM_nHPUfmxXrHry","customer_id":"cus_xyz","room_name":"appt_789","appointment_id":"appt_789","started_at":"2026-01-01T00:00:00Z"},
    thin: {"ids":["call_id","customer_id","appointment_id"],"action":"started"},
  },
  "clinic.created": {
    example: {"clinic_id":"clinic_12"},
    thin: {"ids":["clinic_id"],"action":"created"},
  },
  "clinic.updated": {
    example: {"clinic_id":"clinic_12"},
    thin: {"ids":["clinic_id"],"action":"updated"},
  },
  "clinical_record.updated": {
    example: {"record_id":"rec_1001","patient_id":"pat_456"},
    thin: {"ids":["record_id","patient_id"],"action":"updated"},
  },
  "compliance.consultation_scheduled": {
    example: {"customer_id":"cus_xyz","region_code":"US-TX","appointment_id":"appt_789"},
    thin: {"ids":["customer_id"],"action":"consultation_scheduled"},
  },
  "compliance.establishment_expired": {
    example: {"customer_id":"cus_xyz","region_code":"US-TX"},
    thin: {"ids":["customer_id"],"action":"establishment_expired"},
  },
  "compliance.establishment_fulfilled": {
    example: {"customer_id":"cus_xyz","region_code":"US-TX","establishment":{"id":"est_456","established":true}},
    thin: {"ids":["customer_id"],"action":"establishment_fulfilled"},
  },
  "compliance.requirement_created": {
    example: {"customer_id":"cus_xyz","region_code":"US-TX"},
    thin: {"ids":["customer_id"],"action":"requirement_created"},
  },
  "customer.address_changed": {
    example: {"customer_id":"cus_xyz"},
    thin: {"ids":["customer_id"],"action":"address_changed"},
  },
  "customer.created": {
    example: {"customer_id":"cus_xyz"},
    thin: {"ids":["customer_id"],"action":"created"},
  },
  "customer.updated": {
    example: {"customer_id":"cus_xyz"},
    thin: {"ids":["customer_id"],"action":"updated"},
  },
  "dead_letters.alert_cleared": {
    example: {"organization_id":"org_01k9w3hd9we0vtb0v4bq5r8s1t","depth":0,"raised_at":"2026-04-17T09:15:00.000Z"},
    thin: {"ids":["organization_id"],"action":"alert_cleared"},
  },
  "dead_letters.alert_raised": {
    example: {"organization_id":"org_01k9w3hd9we0vtb0v4bq5r8s1t","depth":3,"oldest_event":"2026-04-17T08:15:00.000Z"},
    thin: {"ids":["organization_id"],"action":"alert_raised"},
  },
  "doctor.created": {
    example: {"doctor_id":"dr_abc","clinic_id":"clinic_12"},
    thin: {"ids":["doctor_id","clinic_id"],"action":"created"},
  },
  "doctor.updated": {
    example: {"doctor_id":"dr_abc","clinic_id":"clinic_12"},
    thin: {"ids":["doctor_id","clinic_id"],"action":"updated"},
  },
  "email.bounced": {
    example: {"email_id":"56761188-7520-42d8-8898-ff6fc54ce618","bounce_type":"Permanent","bounce_subtype":"Suppressed"},
    thin: {"ids":["email_id"],"action":"bounced"},
  },
  "email.complained": {
    example: {"email_id":"56761188-7520-42d8-8898-ff6fc54ce618"},
    thin: {"ids":["email_id"],"action":"complained"},
  },
  "email.delivered": {
    example: {"email_id":"56761188-7520-42d8-8898-ff6fc54ce618"},
    thin: {"ids":["email_id"],"action":"delivered"},
  },
  "email.failed": {
    example: {"email_id":"56761188-7520-42d8-8898-ff6fc54ce618"},
    thin: {"ids":["email_id"],"action":"failed"},
  },
  "email.suppressed": {
    example: {"email_id":"56761188-7520-42d8-8898-ff6fc54ce618"},
    thin: {"ids":["email_id"],"action":"suppressed"},
  },
  "endpoint.created": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com"},
    thin: {"ids":["subscription_id"],"action":"created"},
  },
  "endpoint.deleted": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com"},
    thin: {"ids":["subscription_id"],"action":"deleted"},
  },
  "endpoint.disabled": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com","reason":"answered 410 Gone: the endpoint asked for no more deliveries"},
    thin: {"ids":["subscription_id"],"action":"disabled"},
  },
  "endpoint.failing": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com","failing_since":"2026-01-02T03:04:05.000Z","consecutive_failures":12,"disable_after_hours":120},
    thin: {"ids":["subscription_id"],"action":"failing"},
  },
  "endpoint.recovered": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com","failing_since":"2026-01-02T03:04:05.000Z","recovered_at":"2026-01-02T05:04:05.000Z"},
    thin: {"ids":["subscription_id"],"action":"recovered"},
  },
  "endpoint.updated": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","url_origin":"https://hooks.example.com","fields":["url"]},
    thin: {"ids":["subscription_id"],"action":"updated"},
  },
  "lab_result.received": {
    example: {"lab_result_id":"lab_1001","patient_id":"pat_456","doctor_id":"dr_abc"},
    thin: {"ids":["lab_result_id","patient_id","doctor_id"],"action":"received"},
  },
  "lead.created": {
    example: {"lead_id":"led_01k9w3hd9ye0vtb0v4ecm0p5q7","source":"default","campaign":"spring","email":"sam@clinic.example","name":"Sam Doe","consent":{"given":true,"text":"You may write to me.","at":"2026-01-01T00:00:00.000Z"}},
    thin: {"ids":["lead_id"],"action":"created"},
  },
  "leave.approved": {
    example: {"leave_id":"leave_1001","user_id":"user_17","organization_id":"org_9","starts_on":"2026-03-02","ends_on":"2026-03-06","approved_by":"user_3","approved_at":"2026-02-20T09:00:00Z"},
    thin: {"ids":["leave_id","user_id","organization_id"],"action":"approved"},
  },
  "message.attempt.exhausted": {
    example: {"subscription_id":"sub_01k9w3hd9ye0vtb0v4ecm0p5q7","delivery_id":"dlv_01k9w3hda8e0vtb0v4g0x0c7vn","event_id":"evt_01k9w3hd9ze0vtb0v4f4p2m4d2","event_type":"order.paid","attempts":8,"reason":"answered 500; all 7 retries are used up"},
    thin: {"ids":["subscription_id","delivery_id","event_id"],"action":"exhausted"},
  },
  "message.delivered": {
    example: {"message_id":"wamid.sample2","channel":"whatsapp","phone_number_id":"106540352242922","recipient_id":"US.13491208655302741918"},
    thin: {"ids":["message_id","phone_number_id","recipient_id"],"action":"delivered"},
  },
  "message.failed": {
    example: {"message_id":"wamid.sample2","channel":"whatsapp","phone_number_id":"106540352242922","recipient_id":"US.13491208655302741918","error_code":131026},
    thin: {"ids":["message_id","phone_number_id","recipient_id"],"action":"failed"},
  },
  "message.read": {
    example: {"message_id":"wamid.sample2","channel":"whatsapp","phone_number_id":"106540352242922","recipient_id":"US.13491208655302741918"},
    thin: {"ids":["message_id","phone_number_id","recipient_id"],"action":"read"},
  },
  "message.received": {
    example: {"message_id":"wamid.sample1","channel":"whatsapp","phone_number_id":"106540352242922","sender_id":"US.13491208655302741918","type":"text","text":"See you at nine."},
    thin: {"ids":["message_id","phone_number_id","sender_id","reply_to_message_id"],"action":"received"},
  },
  "message.sent": {
    example: {"message_id":"wamid.sample2","channel":"whatsapp","phone_number_id":"106540352242922","recipient_id":"US.13491208655302741918"},
    thin: {"ids":["message_id","phone_number_id","recipient_id"],"action":"sent"},
  },
  "order.cancelled": {
    example: {"order_id":"order_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["order_id","customer_id"],"action":"cancelled"},
  },
  "order.delivered": {
    example: {"order_id":"order_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["order_id","customer_id"],"action":"delivered"},
  },
  "order.paid": {
    example: {"order_id":"order_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["order_id","customer_id"],"action":"paid"},
  },
  "order.placed": {
    example: {"order_id":"order_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["order_id","customer_id"],"action":"placed"},
  },
  "order.shipped": {
    example: {"order_id":"order_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["order_id","customer_id"],"action":"shipped"},
  },
  "patient.created": {
    example: {"patient_id":"pat_456"},
    thin: {"ids":["patient_id"],"action":"created"},
  },
  "patient.updated": {
    example: {"patient_id":"pat_456"},
    thin: {"ids":["patient_id"],"action":"updated"},
  },
  "payment.failed": {
    example: {"payment_id":"in_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd","reason":"card_declined"},
    thin: {"ids":["payment_id","customer_id"],"action":"failed"},
  },
  "payment.pending": {
    example: {"payment_id":"in_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["payment_id","customer_id"],"action":"pending"},
  },
  "payment.succeeded": {
    example: {"payment_id":"in_1001","customer_id":"cus_xyz","amount":4200,"currency":"usd"},
    thin: {"ids":["payment_id","customer_id"],"action":"succeeded"},
  },
  "prescription.created": {
    example: {"prescription_id":"rx_1001","patient_id":"pat_456","doctor_id":"dr_abc"},
    thin: {"ids":["prescription_id","patient_id","doctor_id"],"action":"created"},
  },
  "prescription.updated": {
    example: {"prescription_id":"rx_1001","patient_id":"pat_456","doctor_id":"dr_abc"},
    thin: {"ids":["prescription_id","patient_id","doctor_id"],"action":"updated"},
  },
};
