import { type Fields, isFields, listOf } from "./read-changes.ts";

/** Finds the contact a message or status is about. */
export type FindContact = (...ids: unknown[]) => Fields | undefined;

/** Prepares the look-up in a change's list of contacts, by phone number or by Meta's id of the person. */
export function indexContacts(contacts: unknown): FindContact {
  const byId = new Map<unknown, Fields>();
  for (const contact of listOf(contacts)) {
    if (!isFields(contact)) continue;
    for (const id of [contact.wa_id, contact.user_id, contact.parent_user_id]) {
      if (typeof id === "string" && !byId.has(id)) byId.set(id, contact);
    }
  }
  return (...ids) => {
    const known = ids.find((id) => byId.has(id));
    return known === undefined ? undefined : byId.get(known);
  };
}
