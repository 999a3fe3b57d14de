import type { DetailsFetcher } from "../details/fetch-details.ts";
import type { WebhookEvent } from "../events/webhook-event.ts";
import { WebhookError } from "./webhook-error.ts";

/** Puts an event together for the listeners. */
export function makeEvent(
  { id, type, createdAt, data, format }: Pick<WebhookEvent, "id" | "type" | "createdAt" | "data" | "format">,
  fetcher: DetailsFetcher | undefined,
  signal: AbortSignal,
): WebhookEvent {
  const fetchDetails: WebhookEvent["fetchDetails"] = (options) =>
    fetcher ? fetcher.fetchDetails({ id, type, data }, options) : Promise.reject(noFetcher());
  return { id, type, createdAt, data, format, signal, fetchDetails };
}

function noFetcher(): WebhookError {
  const message =
    "fetchDetails() needs createWebhookHandler({ client }) or createWebhookHandler({ details: { baseUrl, credentials } })";
  return new WebhookError(message, { code: "details_not_configured" });
}
