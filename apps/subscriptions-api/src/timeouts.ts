/** For a dispatcher to take a delivery and to record its outcome. */
const probeMarginMs = 3_000;
const answerMarginMs = 2_000;

/** How long a ping or test waits when an attempt may take so long, and how long any request may, which must be longer. */
export function timeoutsOf(attemptTimeoutMs: number): { probeTimeoutMs: number; requestTimeoutMs: number } {
  const probeTimeoutMs = attemptTimeoutMs + probeMarginMs;
  return { probeTimeoutMs, requestTimeoutMs: Math.max(20_000, probeTimeoutMs + answerMarginMs) };
}
