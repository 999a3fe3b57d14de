import type { EventDraft } from "@carewire/bus";
import { type Clock, type EventPayloads, newId, publicId } from "@carewire/envelope";
import type { LeadDetails } from "./lead-details.ts";

/** What a form said of consent. */
export interface LeadConsent {
  given: boolean;
  /** What was consented to, as shown. */
  text: string | null;
  at: Date | null;
}

/** A lead as subscribers hear of it. */
export interface CreatedLead {
  id: string;
  organizationId: string;
  source: string;
  /** Empty: none was named. */
  campaign: string;
  submittedAt: Date;
  consent: LeadConsent | null;
  details: LeadDetails;
}

/** The `lead.created` of a lead: when it was submitted, and again never; a held-back one's when it is released. */
export function leadCreated(
  lead: CreatedLead,
  { clock, sourceService }: { clock: Clock; sourceService: string },
): EventDraft {
  const { email, phone, name } = lead.details;
  const payload: EventPayloads["lead.created"] = {
    lead_id: publicId("led", lead.id),
    source: lead.source,
    campaign: lead.campaign === "" ? null : lead.campaign,
    email,
    phone,
    name,
    consent: lead.consent && { ...lead.consent, at: lead.consent.at?.toISOString() ?? null },
    submitted_at: lead.submittedAt.toISOString(),
  };
  return {
    id: newId(clock.now()),
    organizationId: lead.organizationId,
    type: "lead.created",
    subject: payload.lead_id,
    sourceService,
    occurredAt: lead.submittedAt,
    body: Buffer.from(JSON.stringify(payload)),
  };
}
