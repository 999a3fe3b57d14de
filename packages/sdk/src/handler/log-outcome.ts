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

/**
 * Makes an observer that cannot change what the sender is answered, nor when: what it throws, or rejects with later, is
 * written to the console.
 */
export function guardObserver(
  onOutcome: (outcome: WebhookOutcome) => unknown,
): (outcome: WebhookOutcome) => void {
  const tell = async (outcome: WebhookOutcome): Promise<void> => {
    try {
      await onOutcome(outcome);
    } catch (error) {
      logOutcome(outcome);
      warn("Carewire webhook handler: onOutcome failed:", error);
    }
  };
  return (outcome) => void tell(outcome);
}

/** Writes that the handler itself failed, on a request that no outcome tells of. */
export function logHandlerError(error: unknown): void {
  warn("Carewire webhook not processed: the handler itself failed:", error);
}

function warn(...what: unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: the only output of the SDK, replaced by the option onOutcome.
  console.warn(...what);
}
