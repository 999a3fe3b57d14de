/** Where the deliveries of one subject wait for each other on their way to one ordered subscription. */
export interface OrderedLane {
  subscriptionId: string;
  subject: string;
}

/** A lane as statements return it inside JSON: subscription and subject. */
export type LaneRow = [string, string];

export const toLanes = (rows: readonly LaneRow[] | null): OrderedLane[] =>
  (rows ?? []).map(([subscriptionId, subject]) => ({ subscriptionId, subject }));
