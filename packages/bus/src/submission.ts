import type { EventDraft } from "./event-draft.ts";

/** The record of a verified request from a provider, stored in the same commit as its events. */
export interface InboundRecord {
  /** UUIDv7 from `newId`. */
  id: string;
  sourceId: string;
  externalId: string | null;
  /** Allow-listed headers only. */
  headers: Record<string, string>;
  /** SHA-256 of the raw body. */
  bodyHash: Buffer;
  /** Whether a repeat leaves a trace of its own. Not when nothing proves who sends it: anybody could fill the table. */
  keepsRepeats: boolean;
  /** The raw body. It is sealed and kept with the request unless one of its events carries the very same bytes. */
  body: Uint8Array;
}

/** The details of what an event is about, as fetch-details serves them. */
export interface ResourceDraft {
  kind: string;
  id: string;
  /** Only one that is newer than what is stored replaces it. */
  version: number;
  /** JSON bytes, kept as they are; null: the resource was deleted. */
  body: Uint8Array | null;
}

export interface SubmittedEvent {
  draft: EventDraft;
  /** Idempotency key within the submission's scope; null = never deduplicated. */
  key: string | null;
  /** SHA-256 that tells a repeated event from a different one under the same key. */
  bodyHash: Buffer;
  /** Stored in the event's commit, for its organization and account. */
  resource?: ResourceDraft | null;
}

export interface Submission {
  organizationId: string;
  /** Idempotency scope: the source's id for providers, the organization's id for API callers. */
  scope: string;
  /** How long keys are remembered, days. */
  keyTtlDays: number;
  inbound: InboundRecord | null;
  events: SubmittedEvent[];
}

/**
 * What became of one submitted event. `duplicate`: the key was used for the same body before. `conflict`: it was
 * used for a different body. Both name the event that holds the key, and nothing new was stored.
 */
export interface Acceptance {
  status: "accepted" | "duplicate" | "conflict";
  eventId: string;
}
