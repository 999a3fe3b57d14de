/** An event about to be stored. `body` is kept, sealed, byte for byte; it is never re-serialised. */
export interface EventDraft {
  /** UUIDv7 from `newId`. */
  id: string;
  organizationId: string;
  accountId?: string | null;
  /** A public event type, or an internal topic (`cari.…`). */
  type: string;
  /** The publisher's own id, shown to the outside instead of ours when given. */
  externalId?: string | null;
  /** What the event is about, for filtering and ordering. */
  subject?: string | null;
  sourceService: string;
  occurredAt: Date;
  /** The payload as JSON bytes. */
  body: Uint8Array;
  inboundRequestId?: string | null;
  /** The event whose handler publishes this one. */
  causedBy?: string | null;
  /** W3C trace context, kept on the event and sent out with its deliveries. */
  traceparent?: string | null;
}
