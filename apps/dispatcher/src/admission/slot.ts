/** One delivery's place in flight. */
export interface Slot {
  endpoint: string;
  shard: number;
  /** Counts against the slow quota instead of the fast slots. */
  slow: boolean;
  /** Its own answer is overdue. */
  overdue: boolean;
  /** A retry or a replay. */
  later: boolean;
  /** Its answer tells whether a broken endpoint works again. */
  probe: boolean;
  /** More than its endpoint may have in flight: routing and a claim that ran at the same time brought some each. */
  surplus: boolean;
  bodyBytes: number;
}

/**
 * How an answer counts. `refused`: the endpoint works and does not take this message. `throttled`: it works and wants
 * less.
 */
export type Answer = "succeeded" | "refused" | "failed" | "timed_out" | "throttled" | "not_sent";

export interface ClaimedPlace {
  subscriptionId: string;
  shard: number;
  lane: number;
  /** A ping or test. */
  probe: boolean;
  /** Of its event; events that share one count each. */
  bodyBytes: number;
}

/** What may be leased as it is routed: see `RouteLease`. */
export interface RoutedOffer {
  deliveriesMax: number;
  slots: Map<string, number>;
  slotsDefault: number;
}

/** What a claim may take: see `ClaimRequest`. */
export interface Offer extends RoutedOffer {
  /** Of them, retries and replays at most. */
  laterMax: number;
}

export interface AdmissionCounts {
  fast: number;
  slow: number;
  unrecorded: number;
  bodyBytes: number;
  endpoints: number;
  open: number;
  halfOpen: number;
}
