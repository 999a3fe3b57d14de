import type { attempts, deadLetters, deliveries, events, inboundRequests } from "../schema/index.ts";

/** What a lineage can be asked for. */
export type LineageKind = "inbound_request" | "event" | "delivery" | "attempt" | "dead_letter";

/** One thing by the uuid of its row. */
export interface LineageQuestion {
  kind: LineageKind;
  id: string;
}

export type LineageEvent = typeof events.$inferSelect;
/** `account_id`: of its subscription. */
export type LineageDelivery = typeof deliveries.$inferSelect & {
  consumer: string | null;
  account_id: string | null;
};
export type LineageAttempt = Pick<
  typeof attempts.$inferSelect,
  "id" | "delivery_id" | "n" | "outcome" | "http_status" | "error" | "next_step" | "started_at"
>;
export type LineageDeadLetter = Omit<
  typeof deadLetters.$inferSelect,
  "original_payload" | "message_id" | "content_type"
>;
export type LineageRequest = Pick<
  typeof inboundRequests.$inferSelect,
  "id" | "verdict" | "reason" | "received_at"
> & {
  provider: string | null;
  /** The request that came first, of a repeat. */
  repeat_of: string | null;
};

/** Everything around one thing, as stored. */
export interface LineageRows {
  asked: LineageQuestion;
  inboundRequest: LineageRequest | null;
  /** Oldest first. */
  events: LineageEvent[];
  deliveries: LineageDelivery[];
  attempts: LineageAttempt[];
  deadLetters: LineageDeadLetter[];
  /** Some limit was reached. */
  truncated: boolean;
}

/** Rows of each kind at most. */
export const lineageLimits = { events: 200, deliveries: 500, attempts: 1_000, deadLetters: 200, depth: 20 };
