// Made from packages/envelope's catalog by `npm run generate:events`; a test fails when it is out of date.

/** `data` of `appointment.booked`: an appointment has been confirmed. */
export interface AppointmentBookedData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `appointment.cancelled`: an appointment was cancelled. */
export interface AppointmentCancelledData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `appointment.completed`: an appointment took place. */
export interface AppointmentCompletedData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `appointment.created`: an appointment was made. */
export interface AppointmentCreatedData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `appointment.rescheduled`: an appointment's time was changed. */
export interface AppointmentRescheduledData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `appointment.updated`: an appointment's details changed. */
export interface AppointmentUpdatedData {
  appointment_id: string;
  patient_id: string;
  doctor_id?: string;
  clinic_id?: string;
  status?: string;
}

/** `data` of `billing.subscription_cancelled`: a paid subscription ended. */
export interface BillingSubscriptionCancelledData {
  subscription_id: string;
  customer_id: string;
  status: string;
  current_period_end?: string | null;
  cancel_at_period_end?: boolean;
}

/** `data` of `billing.subscription_updated`: a paid subscription changed. */
export interface BillingSubscriptionUpdatedData {
  subscription_id: string;
  customer_id: string;
  status: string;
  current_period_end?: string | null;
  cancel_at_period_end?: boolean;
}

/** `data` of `call.completed`: a call finished. */
export interface CallCompletedData {
  call_id: string;
  customer_id: string;
}

/** `data` of `call.participant_joined`: somebody entered a call. */
export interface CallParticipantJoinedData {
  call_id: string;
  participant_id: string;
  identity?: string;
  room_name?: string;
  joined_at: string;
}

/** `data` of `call.participant_left`: somebody left a call. */
export interface CallParticipantLeftData {
  call_id: string;
  participant_id: string;
  identity?: string;
  room_name?: string;
  left_at: string;
  reason?: string;
}

/** `data` of `call.started`: a call's room was opened. */
export interface CallStartedData {
  call_id: string;
  customer_id: string;
  room_name?: string;
  appointment_id?: string;
  started_at: string;
}

/** `data` of `clinic.created`: a clinic was added. */
export interface ClinicCreatedData {
  clinic_id: string;
}

/** `data` of `clinic.updated`: a clinic's details changed. */
export interface ClinicUpdatedData {
  clinic_id: string;
}

/** `data` of `clinical_record.updated`: a patient record was modified. */
export interface ClinicalRecordUpdatedData {
  record_id: string;
  patient_id: string;
}

/** `data` of `compliance.consultation_scheduled`: appointment booked. */
export interface ComplianceConsultationScheduledData {
  customer_id: string;
  region_code?: string;
}

/** `data` of `compliance.establishment_expired`: verification lapsed. */
export interface ComplianceEstablishmentExpiredData {
  customer_id: string;
  region_code?: string;
}

/** `data` of `compliance.establishment_fulfilled`: user verified in region. */
export interface ComplianceEstablishmentFulfilledData {
  customer_id: string;
  region_code: string;
  establishment: {
    id: string;
    established: boolean;
  };
}

/** `data` of `compliance.requirement_created`: validation needed. */
export interface ComplianceRequirementCreatedData {
  customer_id: string;
  region_code?: string;
}

/** `data` of `customer.address_changed`: typically triggers region check. */
export interface CustomerAddressChangedData {
  customer_id: string;
}

/** `data` of `customer.created`: new registration. */
export interface CustomerCreatedData {
  customer_id: string;
}

/** `data` of `customer.updated`: a customer's details changed. */
export interface CustomerUpdatedData {
  customer_id: string;
}

/** `data` of `dead_letters.alert_cleared`: Few enough dead letters are open again, and none for too long. */
export interface DeadLettersAlertClearedData {
  organization_id: string;
  depth: number;
  raised_at: string;
}

/** `data` of `dead_letters.alert_raised`: Too many dead letters are open, or one is open for too long. */
export interface DeadLettersAlertRaisedData {
  organization_id: string;
  depth: number;
  oldest_event: string;
}

/** `data` of `doctor.created`: a doctor's profile was made. */
export interface DoctorCreatedData {
  doctor_id: string;
  clinic_id?: string;
}

/** `data` of `doctor.updated`: a doctor's profile changed. */
export interface DoctorUpdatedData {
  doctor_id: string;
  clinic_id?: string;
}

/** `data` of `email.bounced`: a recipient's server rejected an e-mail. */
export interface EmailBouncedData {
  email_id: string;
}

/** `data` of `email.complained`: a recipient marked an e-mail as spam. */
export interface EmailComplainedData {
  email_id: string;
}

/** `data` of `email.delivered`: an e-mail reached its recipient's server. */
export interface EmailDeliveredData {
  email_id: string;
}

/** `data` of `email.failed`: an e-mail could not be sent. */
export interface EmailFailedData {
  email_id: string;
}

/** `data` of `email.suppressed`: an e-mail was not sent: its recipient is on the suppression list. */
export interface EmailSuppressedData {
  email_id: string;
}

/** `data` of `endpoint.created`: A subscription was created. */
export interface EndpointCreatedData {
  subscription_id: string;
  url_origin: string;
}

/** `data` of `endpoint.deleted`: A subscription was deleted. */
export interface EndpointDeletedData {
  subscription_id: string;
  url_origin: string;
}

/** `data` of `endpoint.disabled`: An endpoint was switched off; its deliveries are held until it is resumed. */
export interface EndpointDisabledData {
  subscription_id: string;
  url_origin: string;
  reason: string;
}

/** `data` of `endpoint.failing`: An endpoint has only failed for a while; it is disabled when that goes on. */
export interface EndpointFailingData {
  subscription_id: string;
  url_origin: string;
  failing_since: string;
  consecutive_failures: number;
  disable_after_hours: number;
}

/** `data` of `endpoint.recovered`: An endpoint that was reported as failing accepted a delivery again. */
export interface EndpointRecoveredData {
  subscription_id: string;
  url_origin: string;
  failing_since: string;
  recovered_at: string;
}

/** `data` of `endpoint.updated`: A subscription was changed, paused or resumed. */
export interface EndpointUpdatedData {
  subscription_id: string;
  url_origin: string;
  fields: string[];
}

/** `data` of `lab_result.received`: a new lab result was ingested. */
export interface LabResultReceivedData {
  lab_result_id: string;
  patient_id: string;
  doctor_id?: string;
}

/** `data` of `lead.created`: somebody left their contact details, or a held-back lead was released. */
export interface LeadCreatedData {
  lead_id: string;
  source: string;
  campaign?: string | null;
  email?: string | null;
  phone?: string | null;
  name?: string | null;
  consent?: {
    given: boolean;
    text?: string | null;
    at?: string | null;
  } | null;
}

/** `data` of `leave.approved`: a leave request was approved. */
export interface LeaveApprovedData {
  leave_id: string;
  user_id: string;
  organization_id: string;
  starts_on: string;
  ends_on: string;
  approved_by: string;
  approved_at: string;
}

/** `data` of `message.attempt.exhausted`: A delivery ended without success; nothing more is tried by itself. */
export interface MessageAttemptExhaustedData {
  subscription_id: string;
  delivery_id: string;
  event_id: string;
  event_type: string;
  attempts: number;
  reason: string;
}

/** `data` of `message.delivered`: a message reached its recipient's phone. */
export interface MessageDeliveredData {
  message_id: string;
  channel: string;
  phone_number_id: string;
  recipient_id?: string;
  recipient_phone?: string;
  error_code?: number;
}

/** `data` of `message.failed`: a message could not be delivered. */
export interface MessageFailedData {
  message_id: string;
  channel: string;
  phone_number_id: string;
  recipient_id?: string;
  recipient_phone?: string;
  error_code?: number;
}

/** `data` of `message.read`: a message was read. */
export interface MessageReadData {
  message_id: string;
  channel: string;
  phone_number_id: string;
  recipient_id?: string;
  recipient_phone?: string;
  error_code?: number;
}

/** `data` of `message.received`: a patient wrote. */
export interface MessageReceivedData {
  message_id: string;
  channel: string;
  phone_number_id: string;
  type: string;
  sender_id?: string;
  sender_phone?: string;
  text?: string;
  reply_to_message_id?: string;
}

/** `data` of `message.sent`: a message left for its recipient. */
export interface MessageSentData {
  message_id: string;
  channel: string;
  phone_number_id: string;
  recipient_id?: string;
  recipient_phone?: string;
  error_code?: number;
}

/** `data` of `order.cancelled`: order voided. */
export interface OrderCancelledData {
  order_id: string;
  customer_id: string;
  amount?: number;
  currency?: string;
}

/** `data` of `order.delivered`: shipment arrived. */
export interface OrderDeliveredData {
  order_id: string;
  customer_id: string;
  amount?: number;
  currency?: string;
}

/** `data` of `order.paid`: payment captured. */
export interface OrderPaidData {
  order_id: string;
  customer_id: string;
  amount?: number;
  currency?: string;
}

/** `data` of `order.placed`: new order created. */
export interface OrderPlacedData {
  order_id: string;
  customer_id: string;
  amount?: number;
  currency?: string;
}

/** `data` of `order.shipped`: fulfillment created. */
export interface OrderShippedData {
  order_id: string;
  customer_id: string;
  amount?: number;
  currency?: string;
}

/** `data` of `patient.created`: a patient was registered. */
export interface PatientCreatedData {
  patient_id: string;
}

/** `data` of `patient.updated`: a patient's details changed. */
export interface PatientUpdatedData {
  patient_id: string;
}

/** `data` of `payment.failed`: a payment was refused. */
export interface PaymentFailedData {
  payment_id: string;
  customer_id?: string;
  amount: number;
  currency: string;
}

/** `data` of `payment.pending`: a payment waits for its payer, or its provider has not answered yet. */
export interface PaymentPendingData {
  payment_id: string;
  customer_id?: string;
  amount: number;
  currency: string;
}

/** `data` of `payment.succeeded`: money arrived. */
export interface PaymentSucceededData {
  payment_id: string;
  customer_id?: string;
  amount: number;
  currency: string;
}

/** `data` of `prescription.created`: a prescription was written. */
export interface PrescriptionCreatedData {
  prescription_id: string;
  patient_id: string;
  doctor_id?: string;
}

/** `data` of `prescription.updated`: a prescription was changed. */
export interface PrescriptionUpdatedData {
  prescription_id: string;
  patient_id: string;
  doctor_id?: string;
}

/** The payload of every event type of the catalog; declare your own ones into it. */
export interface EventPayloads {
  "appointment.booked": AppointmentBookedData;
  "appointment.cancelled": AppointmentCancelledData;
  "appointment.completed": AppointmentCompletedData;
  "appointment.created": AppointmentCreatedData;
  "appointment.rescheduled": AppointmentRescheduledData;
  "appointment.updated": AppointmentUpdatedData;
  "billing.subscription_cancelled": BillingSubscriptionCancelledData;
  "billing.subscription_updated": BillingSubscriptionUpdatedData;
  "call.completed": CallCompletedData;
  "call.participant_joined": CallParticipantJoinedData;
  "call.participant_left": CallParticipantLeftData;
  "call.started": CallStartedData;
  "clinic.created": ClinicCreatedData;
  "clinic.updated": ClinicUpdatedData;
  "clinical_record.updated": ClinicalRecordUpdatedData;
  "compliance.consultation_scheduled": ComplianceConsultationScheduledData;
  "compliance.establishment_expired": ComplianceEstablishmentExpiredData;
  "compliance.establishment_fulfilled": ComplianceEstablishmentFulfilledData;
  "compliance.requirement_created": ComplianceRequirementCreatedData;
  "customer.address_changed": CustomerAddressChangedData;
  "customer.created": CustomerCreatedData;
  "customer.updated": CustomerUpdatedData;
  "dead_letters.alert_cleared": DeadLettersAlertClearedData;
  "dead_letters.alert_raised": DeadLettersAlertRaisedData;
  "doctor.created": DoctorCreatedData;
  "doctor.updated": DoctorUpdatedData;
  "email.bounced": EmailBouncedData;
  "email.complained": EmailComplainedData;
  "email.delivered": EmailDeliveredData;
  "email.failed": EmailFailedData;
  "email.suppressed": EmailSuppressedData;
  "endpoint.created": EndpointCreatedData;
  "endpoint.deleted": EndpointDeletedData;
  "endpoint.disabled": EndpointDisabledData;
  "endpoint.failing": EndpointFailingData;
  "endpoint.recovered": EndpointRecoveredData;
  "endpoint.updated": EndpointUpdatedData;
  "lab_result.received": LabResultReceivedData;
  "lead.created": LeadCreatedData;
  "leave.approved": LeaveApprovedData;
  "message.attempt.exhausted": MessageAttemptExhaustedData;
  "message.delivered": MessageDeliveredData;
  "message.failed": MessageFailedData;
  "message.read": MessageReadData;
  "message.received": MessageReceivedData;
  "message.sent": MessageSentData;
  "order.cancelled": OrderCancelledData;
  "order.delivered": OrderDeliveredData;
  "order.paid": OrderPaidData;
  "order.placed": OrderPlacedData;
  "order.shipped": OrderShippedData;
  "patient.created": PatientCreatedData;
  "patient.updated": PatientUpdatedData;
  "payment.failed": PaymentFailedData;
  "payment.pending": PaymentPendingData;
  "payment.succeeded": PaymentSucceededData;
  "prescription.created": PrescriptionCreatedData;
  "prescription.updated": PrescriptionUpdatedData;
}
