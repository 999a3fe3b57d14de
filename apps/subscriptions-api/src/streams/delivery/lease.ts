import type { DataKey } from "@carewire/bus";
import { z } from "zod";

/** What must be known of a leased delivery when its outcome is reported, whichever process that reaches. */
const leaseSchema = z.object({
  deliveryId: z.uuid(),
  subscriptionId: z.uuid(),
  eventId: z.uuid(),
  token: z.string(),
  attempt: z.int(),
  retries: z.int(),
  probe: z.boolean(),
  startedAtMs: z.number(),
  /** null: the event is gone. */
  eventType: z.string().nullable(),
  externalId: z.string().nullable(),
  traceparent: z.string().nullable(),
  /** As `name: value` lines, secrets masked. */
  requestHeaders: z.string(),
});

export type StreamLease = z.infer<typeof leaseSchema>;

const aad = "streams:lease";

/** The lease as its reader carries it: it can neither be read nor made by anybody else. */
export const sealLease = (dataKey: DataKey, lease: StreamLease): string =>
  dataKey.seal(aad, Buffer.from(JSON.stringify(lease))).toString("base64url");

/** What {@link sealLease} sealed; null for anything else. */
export function openLease(dataKey: DataKey, sealed: string): StreamLease | null {
  try {
    return leaseSchema.parse(JSON.parse(dataKey.open(aad, Buffer.from(sealed, "base64url")).toString()));
  } catch {
    return null;
  }
}
