import type { Subscription } from "@carewire/contracts";
import { StatusBadge } from "@carewire/ui";
import { endpointState } from "./endpoint-state.ts";
import { isFailing } from "./outcome-bars.ts";
import { useRecentDeliveries } from "./recent-deliveries.ts";

/** The state of an endpoint in a list: one that is switched on, but whose newest deliveries all went wrong, is failing. */
export function EndpointStateBadge({ endpoint }: { endpoint: Subscription }) {
  const recent = useRecentDeliveries(endpoint.id);
  const failing = isFailing(recent.data?.data ?? []);
  const { label, tone } = endpointState(endpoint, failing ? "open" : undefined);
  return <StatusBadge status={label} tone={tone} />;
}
