import type { DeliveryStatus } from "@carewire/contracts";

/** `deliveries.status` as stored, by name. */
export const storedStatus = { pending: 0, held: 1, delivered: 2, failed: 3, cancelled: 4 } as const;

/** How a delivery's stored state is called outside: pending after a first try is `retrying`. */
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
