import type { DeliveryStatus, DeliveryTrigger } from "@carewire/contracts";

/** `deliveries.status` as stored, by name. */
export const storedStatus = { pending: 0, held: 1, delivered: 2, failed: 3, cancelled: 4 } as const;

/** `deliveries.trigger` as stored, by name. */
export const storedTrigger = { event: 0, replay: 1, test: 2 } as const satisfies Record<
  DeliveryTrigger,
  number
>;

const triggers = ["event", "replay", "test"] as const;

/** How a delivery's stored trigger is called outside. Throws for one that has no name. */
export function deliveryTrigger(stored: number): DeliveryTrigger {
  const name = triggers.find((trigger) => storedTrigger[trigger] === stored);
  if (name === undefined) throw new Error(`deliveries.trigger ${stored} has no name`);
  return name;
}

/** How a delivery's stored state is called outside: pending after a first try is `retrying`. Throws for one without a name. */
export function deliveryStatus(stored: number, attempts: number): DeliveryStatus {
  switch (stored) {
    case storedStatus.pending:
      return attempts > 0 ? "retrying" : "pending";
    case storedStatus.held:
      return "held";
    case storedStatus.delivered:
      return "delivered";
    case storedStatus.failed:
      return "failed";
    case storedStatus.cancelled:
      return "cancelled";
    default:
      throw new Error(`deliveries.status ${stored} has no name`);
  }
}
