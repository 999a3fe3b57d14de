import type { WebhookRefusalCode } from "../verify/refusal-messages.ts";

/** Which event an outcome is about; nothing of its payload. */
export interface EventName {
  id: string;
  type: string;
}

/** Why a request did not become an event. */
export type RequestRefusalCode =
  | WebhookRefusalCode
  | "method_not_allowed"
  | "body_too_large"
  | "body_unreadable"
  | "payload_malformed"
  | "payload_format_unexpected";

/**
 * What became of a request. Holds ids and types, never payloads or secrets; `error` is what your own code threw.
 *
 * - `processed`: the listeners are done. `queued`: your `enqueue` has it.
 * - `duplicate`: it was processed before. `busy`: another process is at it.
 * - `late`: the deadline came first; the listeners go on, and a second outcome tells how they ended.
 * - `failed`: a listener threw. `unavailable`: something the handler needs failed (`what`).
 * - `refused`: the request is not genuine, not readable, or the receiver is set up wrongly.
 */
export type WebhookOutcome =
  | ({ kind: "processed" | "queued" | "duplicate" | "busy" | "late" } & EventName)
  | ({ kind: "failed"; error: unknown } & EventName)
  | ({
      kind: "unavailable";
      what: "secrets" | "idempotency" | "enqueue";
      error: unknown;
    } & Partial<EventName>)
  | { kind: "refused"; code: RequestRefusalCode; message: string };
