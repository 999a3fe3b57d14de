import type { LineageKind, LineageQuestion } from "@carewire/db";
import { type IdPrefix, parsePublicId } from "@carewire/envelope";

const prefixes = {
  inr: "inbound_request",
  evt: "event",
  dlv: "delivery",
  att: "attempt",
  dlq: "dead_letter",
} as const satisfies Partial<Record<IdPrefix, LineageKind>>;

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a public id stands for; a plain uuid is an internal event's. Null when it is no id of ours. */
export function parseLineageId(given: string): LineageQuestion | null {
  const prefix = given.slice(0, 3);
  if (Object.hasOwn(prefixes, prefix)) {
    const known = prefix as keyof typeof prefixes;
    const id = parsePublicId(known, given);
    if (id !== null) return { kind: prefixes[known], id };
  }
  return uuidPattern.test(given) ? { kind: "event", id: given } : null;
}
