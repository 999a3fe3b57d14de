import type { WebhookOutcome } from "./outcome.ts";

/** Writes what went wrong to the console: a receiver that fails silently is found out by its patients. */
export function logOutcome(outcome: WebhookOutcome): void {
  switch (outcome.kind) {
    case "refused":
      warn(`Carewire webhook refused (${outcome.code}): ${outcome.message}`);
      return;
    case "late":
      warn(`Carewire webhook ${outcome.id} (${outcome.type}) takes longer than the handler's deadline`);
      return;
    case "failed":
      warn(`Carewire webhook ${outcome.id} (${outcome.type}) failed:`, outcome.error);
      return;
    case "unavailable":
      warn(`Carewire webhook ${outcome.id ?? ""} not processed: ${outcome.what} failed:`, outcome.error);
      return;
    case "processed":
    case "queued":
    case "duplicate":
    case "busy":
      return;
  }
}

/** Makes an observer that cannot change what the sender is answered: what it throws is written to the console. */
export function guardObserver(
  onOutcome: (outcome: WebhookOutcome) => void,
): (outcome: WebhookOutcome) => void {
  return (outcome) => {
    try {
      onOutcome(outcome);
    } catch (error) {
      logOutcome(outcome);
      warn("Carewire webhook handler: onOutcome threw:", error);
    }
  };
}

function warn(...what: unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: the only output of the SDK, replaced by the option onOutcome.
  console.warn(...what);
}
