import type { DeliveryStatus } from "@carewire/contracts";

export type Outcome = "delivered" | "failed" | "retrying" | "waiting";

const outcomes: Record<DeliveryStatus, Outcome> = {
  delivered: "delivered",
  failed: "failed",
  retrying: "retrying",
  pending: "waiting",
  held: "waiting",
  cancelled: "waiting",
};

/** The newest deliveries (newest first) as bars, oldest first, and all of them in one sentence. */
export function recentOutcomes(deliveries: { id: string; status: DeliveryStatus }[]) {
  const bars = deliveries.map(({ id, status }) => ({ id, outcome: outcomes[status] })).reverse();
  const count = (outcome: Outcome) => bars.filter((bar) => bar.outcome === outcome).length;
  const parts = [`${count("delivered")} delivered`, `${count("failed")} failed`];
  if (count("retrying") > 0) parts.push(`${count("retrying")} being retried`);
  if (count("waiting") > 0) parts.push(`${count("waiting")} waiting or cancelled`);
  return { bars, summary: `Of the newest ${bars.length}: ${parts.join(", ")}` };
}

const failuresInARow = 3;

/** True when the newest deliveries that were tried all went wrong. */
export function isFailing(deliveries: { status: DeliveryStatus }[]): boolean {
  const tried = deliveries.map(({ status }) => outcomes[status]).filter((outcome) => outcome !== "waiting");
  return (
    tried.length >= failuresInARow &&
    tried.slice(0, failuresInARow).every((outcome) => outcome !== "delivered")
  );
}
