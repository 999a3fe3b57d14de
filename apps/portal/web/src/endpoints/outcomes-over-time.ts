import type { DeliveryStatus } from "@carewire/contracts";

interface Finished {
  created_at: string;
  status: DeliveryStatus;
}

const stepsMs = [
  5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 43_200_000, 86_400_000, 604_800_000,
];
const pointsMax = 40;

/** A moment's counts; a type, as an interface would not fit what charts take. */
export type OutcomePoint = { at: string; delivered: number; failed: number };

/** Deliveries counted per step of time, in the smallest step that makes a readable chart; null for fewer than two. */
export function outcomesOverTime(deliveries: Finished[]): { stepMs: number; points: OutcomePoint[] } | null {
  if (deliveries.length < 2) return null;
  const times = deliveries.map(({ created_at }) => Date.parse(created_at));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const stepMs = stepsMs.find((step) => (last - first) / step < pointsMax) ?? 604_800_000;
  const start = Math.floor(first / stepMs);
  const points = Array.from({ length: Math.max(2, Math.floor(last / stepMs) - start + 1) }, (_, n) => ({
    at: new Date((start + n) * stepMs).toISOString(),
    delivered: 0,
    failed: 0,
  }));
  for (const [index, { status }] of deliveries.entries()) {
    const point = points[Math.floor((times[index] ?? 0) / stepMs) - start];
    if (point === undefined) continue;
    if (status === "delivered") point.delivered += 1;
    if (status === "failed" || status === "retrying") point.failed += 1;
  }
  return { stepMs, points: points.slice(-pointsMax) };
}
