/** Where an endpoint nobody knows yet begins. */
export const startLimit = 2;
/** A claim's worth that is sent, and half of one that is claimed meanwhile: with less, one endpoint alone waits for claims. */
export const limitMax = 384;

/**
 * The adaptive limit (additive increase, multiplicative decrease): one more slot per good answer while the limit
 * is what holds it back, half of it after a failure or a timeout, never under one.
 */
export function nextLimit(limit: number, succeeded: boolean, inUse: boolean): number {
  if (!succeeded) return Math.max(1, Math.floor(limit / 2));
  return inUse ? Math.min(limitMax, limit + 1) : limit;
}
