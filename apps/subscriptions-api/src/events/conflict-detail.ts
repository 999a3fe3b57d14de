/** What a caller is told when a key or id stands for something else already. */
export const conflictDetail =
  "This id or Idempotency-Key was used for a different body before; send the same body, or choose a new one.";
