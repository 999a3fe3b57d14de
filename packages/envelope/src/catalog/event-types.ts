import type { z } from "zod";
import { appointmentEventTypes } from "./appointment.ts";
import { billingEventTypes } from "./billing.ts";
import { callEventTypes } from "./call.ts";
import { clinicalEventTypes } from "./clinical.ts";
import { complianceEventTypes } from "./compliance.ts";
import { customerEventTypes } from "./customer.ts";
import type { EventTypeEntry } from "./define.ts";
import { directoryEventTypes } from "./directory.ts";
import { gtmEventTypes } from "./gtm.ts";
import { messagingEventTypes } from "./messaging.ts";
import { operationalEventTypes } from "./operational.ts";
import { orderEventTypes } from "./order.ts";
import { paymentEventTypes } from "./payment.ts";
import { prescriptionEventTypes } from "./prescription.ts";
import { telemedicineEventTypes } from "./telemedicine.ts";
import { workforceEventTypes } from "./workforce.ts";

const entries = [
  ...appointmentEventTypes,
  ...billingEventTypes,
  ...callEventTypes,
  ...clinicalEventTypes,
  ...complianceEventTypes,
  ...customerEventTypes,
  ...directoryEventTypes,
  ...gtmEventTypes,
  ...messagingEventTypes,
  ...operationalEventTypes,
  ...orderEventTypes,
  ...paymentEventTypes,
  ...prescriptionEventTypes,
  ...telemedicineEventTypes,
  ...workforceEventTypes,
] as const;

/** Every public event type of the platform by name; organizations may register more of their own. */
export const eventTypes: ReadonlyMap<string, EventTypeEntry> = new Map(
  entries.map((entry: EventTypeEntry) => [entry.type, entry]),
);

/** The payload type of each public event type. */
export type EventPayloads = {
  [Entry in (typeof entries)[number] as Entry["type"]]: z.infer<Entry["schema"]>;
};
