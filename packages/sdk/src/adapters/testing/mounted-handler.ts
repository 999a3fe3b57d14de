import { createWebhookHandler } from "../../handler/create-webhook-handler.ts";
import { secret } from "../../handler/testing/signed-request.ts";
import type { Adapters } from "../create-adapters.ts";

/** A handler that keeps what it received. */
export function collectingHandler(): { handler: Adapters; received: string[] } {
  const received: string[] = [];
  const handler = createWebhookHandler({ secrets: secret, bodyBytesMax: 2_000, onOutcome: () => {} });
  handler
    .on("appointment.created", ({ id, data }) => void received.push(`${id} ${data.appointment_id}`))
    .onUnknown(() => {});
  return { handler, received };
}
