/** What somebody has to do something about. `lookup_failed`: what the event names is not known here (yet). */
export type RefusalCause = "lookup_failed";

/**
 * Thrown by a handler that can do nothing about an event until somebody acts: its transaction is rolled back and the
 * delivery becomes a dead letter at once, with this cause. `message` says what was looked for and what to do, in fixed
 * words: no ids, no payload values.
 */
export class HandlerRefusal extends Error {
  readonly refusal: RefusalCause;

  constructor(refusal: RefusalCause, message: string) {
    super(message);
    this.name = "HandlerRefusal";
    this.refusal = refusal;
  }
}
