/**
 * What a claim of an event id found:
 * - `claimed`: this caller holds the id now and is to process the event, then `commit` or `release` it;
 * - `done`: the event was processed before; answer 2xx and do nothing;
 * - `busy`: another process holds it; answer 503 with `Retry-After` and let it come again.
 */
export type IdempotencyClaim = "claimed" | "done" | "busy";

/**
 * Remembers which events were processed, so that retries and replays of one `webhook-id` take effect once. A claim is a
 * lease: what a crashed process held can be claimed again when the lease is over.
 */
export interface IdempotencyStore {
  /** Tries to become the one that processes the event. Rejects when the store cannot be reached. */
  claim(id: string): Promise<IdempotencyClaim>;
  /** The event was processed: from now on {@link claim} says `done`, for as long as the store's `ttlSeconds`. */
  commit(id: string): Promise<void>;
  /** The event was not processed: the next {@link claim} may have it at once. Changes nothing after a `commit`. */
  release(id: string): Promise<void>;
}
