/** What decides which of two states of the same object of a provider is the later one. */
export interface Position {
  /** Higher is more final; a state never gives way to a less final one. */
  finality: number;
  /** The provider's clock. Whole seconds with most of them, so ties are common. */
  stateAt: Date;
  eventId: string;
}

/**
 * True when `incoming` replaces `current`: the more final state wins, then the later one, then (within one second)
 * the greater event id. A total order, so the last state standing is the same whatever order events arrive in,
 * and a repeated event never replaces itself.
 */
export function takesPrecedence(incoming: Position, current: Position): boolean {
  if (incoming.finality !== current.finality) return incoming.finality > current.finality;
  const ageMs = incoming.stateAt.getTime() - current.stateAt.getTime();
  return ageMs !== 0 ? ageMs > 0 : incoming.eventId > current.eventId;
}
