import { indexContacts } from "./find-contact.ts";
import { type Fields, isFields, listOf, readChanges } from "./read-changes.ts";

/** The message in a request of one alone, with what is said around it. Of anything else, what there is of that. */
export function readMessageItem(request: unknown): Fields {
  const { metadata, contacts, messages } = readValue(request);
  const [message] = listOf(messages);
  const { from, from_user_id } = isFields(message) ? message : {};
  return { metadata, contact: indexContacts(contacts)(from_user_id, from), message };
}

/** The status in a request of one alone, with what is said around it. Of anything else, what there is of that. */
export function readStatusItem(request: unknown): Fields {
  const { metadata, contacts, statuses } = readValue(request);
  const [status] = listOf(statuses);
  const { recipient_id, recipient_user_id } = isFields(status) ? status : {};
  return { metadata, contact: indexContacts(contacts)(recipient_user_id, recipient_id), status };
}

function readValue(request: unknown): Fields {
  const [change] = isFields(request) ? readChanges(listOf(request.entry)) : [];
  return change?.understood ? change.value : {};
}
