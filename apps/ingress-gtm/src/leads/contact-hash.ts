import { hash } from "node:crypto";
import type { LeadDetails } from "@carewire/service-kit";

/** Finds repeats of a contact within an organization without opening anything; null: no contact was given. */
export function contactHash(organizationId: string, { email, phone }: LeadDetails): Buffer | null {
  const contact = email ?? phone;
  return contact === null ? null : hash("sha256", `${organizationId}:${contact}`, "buffer");
}
