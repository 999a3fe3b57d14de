import type { DeliveryStatus } from "@carewire/contracts";

/** Where a delivery stands that is not delivered, in words; a moment may follow them. */
export function nextWords(delivery: {
  status: DeliveryStatus;
  next_retry_at: string | null;
  waiting_for: string | null;
}): string | null {
  if (delivery.waiting_for !== null) return "It waits for an earlier delivery of the same subject.";
  switch (delivery.status) {
    case "delivered":
      return null;
    case "pending":
      return "It is about to be sent.";
    case "retrying":
      return delivery.next_retry_at === null ? "It is tried again soon." : "It is tried again";
    case "held":
      return "It is held, because its endpoint is paused or disabled. It goes out when the endpoint is resumed.";
    case "failed":
      return "It will not be tried again by itself. Once the cause is gone, replay it.";
    case "cancelled":
      return "It was cancelled. Replay it to send it after all.";
  }
}
