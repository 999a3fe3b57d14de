import type { WebhookEvent } from "../events/webhook-event.ts";
import type { IdempotencyStore } from "../idempotency/store.ts";
import type { Listeners } from "./listeners.ts";
import type { WebhookOutcome } from "./outcome.ts";

/**
 * Calls the listeners once per event id, as far as the store knows. Never rejects. What cannot be committed although the
 * listeners are done still counts as processed: asking for it again would only do it twice.
 */
export async function processEvent(
  event: WebhookEvent,
  listeners: Listeners,
  store: IdempotencyStore | undefined,
  report: (outcome: WebhookOutcome) => void,
): Promise<WebhookOutcome> {
  const { id, type } = event;
  const unavailable = (error: unknown): WebhookOutcome => ({
    kind: "unavailable",
    what: "idempotency",
    error,
    id,
    type,
  });
  /** A store of somebody's own may throw where it should reject, or return nothing. */
  const reporting = async (step: () => unknown): Promise<void> => {
    try {
      await step();
    } catch (error) {
      report(unavailable(error));
    }
  };
  try {
    const claim = (await store?.claim(id)) ?? "claimed";
    if (claim !== "claimed") return { kind: claim === "done" ? "duplicate" : "busy", id, type };
  } catch (error) {
    return unavailable(error);
  }
  try {
    await listeners.call(event);
  } catch (error) {
    // When this fails as well, the claim ends with its lease.
    await reporting(() => store?.release(id));
    return { kind: "failed", error, id, type };
  }
  await reporting(() => store?.commit(id));
  return { kind: "processed", id, type };
}
