import type { WebhookHeaders } from "../verify/webhook-headers.ts";

/** A request's body, or why there is none to verify. */
export type BodyRead =
  | { ok: true; bytes: Uint8Array }
  | { ok: false; code: "raw_body_required" | "body_too_large" | "body_unreadable"; message: string };

/** A request as an adapter hands it over, whatever the framework. */
export interface IncomingWebhook {
  method: string;
  headers: WebhookHeaders;
  /** Reads the body as it arrived, `bytesMax` at most. */
  readBody(bytesMax: number): Promise<BodyRead>;
}

/** A body that is larger than the handler accepts. */
export const bodyTooLarge = (bytesMax: number): BodyRead => ({
  ok: false,
  code: "body_too_large",
  message: `The body is larger than ${bytesMax} bytes.`,
});

/** A body that ended before it was complete. */
export const bodyUnreadable: BodyRead = {
  ok: false,
  code: "body_unreadable",
  message: "The body could not be read to its end.",
};

/** A body that was read by somebody else; `advice` says who it may be and what to do about it. */
export const bodyConsumed = (advice: string): BodyRead => ({
  ok: false,
  code: "raw_body_required",
  message: `Something has read and parsed the body before the webhook handler, so the bytes that were signed are gone. ${advice}`,
});
