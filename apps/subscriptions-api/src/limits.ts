import { eventBytesMax } from "@carewire/contracts";

/** What one installation allows. */
export interface ApiLimits {
  /** Bytes of one event, its envelope included. */
  eventBytesMax: number;
  /** Subscriptions of one organization. */
  subscriptionsMax: number;
}

export const defaultLimits: ApiLimits = { eventBytesMax, subscriptionsMax: 100_000 };

const requestsMax = 2_000;
const bodiesBytesMax = 512 * 1024 * 1024;

/** Requests that may be answered at a time, so that their bodies together have half a GiB at most. */
export const requestsMaxFor = (limits: ApiLimits): number =>
  Math.min(requestsMax, Math.floor(bodiesBytesMax / limits.eventBytesMax));
