import type { DataKey } from "@carewire/bus";

/** What is sealed of a lead. */
export interface LeadDetails {
  email: string | null;
  phone: string | null;
  name: string | null;
  message: string | null;
  /** Where the form stood. */
  pageUrl: string | null;
  /** Every field as it was submitted last. */
  fields: Record<string, string>;
}

/** What a lead's details are sealed under; `lastingColumns` of the vault knows it too. */
const detailsAad = (leadId: string): string => `leads:${leadId}`;

/** Seals a lead's details for its row. */
export const sealLeadDetails = (dataKey: DataKey, leadId: string, details: LeadDetails): Buffer =>
  dataKey.seal(detailsAad(leadId), Buffer.from(JSON.stringify(details)));

/** Opens what {@link sealLeadDetails} made. Throws when it is not this lead's, or its key is gone. */
export const openLeadDetails = (dataKey: DataKey, leadId: string, blob: Uint8Array): LeadDetails =>
  JSON.parse(dataKey.open(detailsAad(leadId), blob).toString()) as LeadDetails;
