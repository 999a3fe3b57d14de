import { StatusBadge } from "@carewire/ui";
import type { Subscription } from "../api/types.ts";

/** Whether a subscription gets anything: its own state, and its endpoint's breaker where that is not closed. */
export function SubscriptionState({ subscription }: { subscription: Subscription }) {
  if (!subscription.active) {
    return subscription.disabled_reason === null ? (
      <StatusBadge status="paused" />
    ) : (
      <StatusBadge
        status="disabled"
        label={`disabled: ${subscription.disabled_reason.replaceAll("_", " ")}`}
      />
    );
  }
  if (subscription.breaker === "closed") return <StatusBadge status="active" />;
  return (
    <StatusBadge
      status={subscription.breaker}
      tone="warn"
      label={`breaker ${subscription.breaker.replaceAll("_", " ")}`}
    />
  );
}
