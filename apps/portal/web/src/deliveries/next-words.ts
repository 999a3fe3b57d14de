import type { DeliveryStatus } from "@carewire/contracts";

interface Standing {
  status: DeliveryStatus;
  next_retry_at: string | null;
  waiting_for: string | null;
}

/** Where a delivery stands that is not delivered, in words; `at` is a moment that follows them. Null: it arrived. */
export function nextWords(delivery: Standing, nowMs: number): { text: string; at: string | null } | null {
  const { status, next_retry_at, waiting_for } = delivery;
  if (waiting_for !== null)
    return { text: "It waits for an earlier delivery of the same subject.", at: null };
  switch (status) {
    case "delivered":
      return null;
    case "pending":
      return {
        text: "It is next in line. If it stays here, its endpoint’s circuit breaker is open or its rate limit is reached.",
        at: null,
      };
    case "retrying":
      if (next_retry_at === null) return { text: "It is being tried again right now.", at: null };
      if (Date.parse(next_retry_at) > nowMs) return { text: "It is tried again", at: next_retry_at };
      return {
        text: "It goes as soon as its endpoint may be tried again: the circuit breaker or the rate limit holds it back. It was due",
        at: next_retry_at,
      };
    case "held":
      return {
        text: "It is held, because its endpoint is paused or disabled. It goes out when the endpoint is resumed.",
        at: null,
      };
    case "failed":
      return { text: "It will not be tried again by itself. Once the cause is gone, replay it.", at: null };
    case "cancelled":
      return { text: "It was cancelled. Replay it to send it after all.", at: null };
  }
}
