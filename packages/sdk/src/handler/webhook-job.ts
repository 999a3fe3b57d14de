import type { PayloadFormat } from "../events/webhook-event.ts";

/** An event on its way through your queue: plain data that survives JSON. Give it to `handler.process()`. */
export interface WebhookJob {
  id: string;
  type: string;
  /** RFC 3339; null where the format does not say. */
  createdAt: string | null;
  data: unknown;
  format: PayloadFormat;
}
