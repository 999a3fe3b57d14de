import { type Fields, isName } from "../events/fields.ts";
import { thinTypeOf } from "../events/thin-envelope.ts";
import type { SignedClaim } from "./signed-claim.ts";

/**
 * The id that tells a message from others where the scheme signs none (Eka's): the signed body's `transaction_id` or
 * `id`, else the `webhook-id` header. A `flat` body holds no message id, so there only the header counts. Null when there
 * is none.
 */
export function messageIdOf({ body, headers }: Pick<SignedClaim, "body" | "headers">): string | null {
  const fields = parseFields(body);
  const isFlat = isName(fields.event_type) && thinTypeOf(fields) === null;
  // A flat body's fields are the payload's: its `id` is that of an order or a patient, the same in every event about it.
  const signed = isFlat ? [] : [fields.transaction_id, fields.id];
  return [...signed, headers["webhook-id"]].find(isUsableId) ?? null;
}

const isUsableId = (value: unknown): value is string => isName(value) && value.length <= 256;

function parseFields(body: Uint8Array): Fields {
  try {
    return JSON.parse(new TextDecoder().decode(body)) ?? {};
  } catch {
    return {};
  }
}
