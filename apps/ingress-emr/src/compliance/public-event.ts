import type { PublicEvent as AnyPublicEvent } from "@carewire/bus";

/** What compliance tells subscribers; the subject is the customer. */
export type PublicEvent = AnyPublicEvent<
  "compliance.establishment_fulfilled" | "compliance.establishment_expired"
>;
