/** When and by which event something was told: LiveKit's clock, in whole seconds, and its event id. */
export interface Moment {
  at: Date;
  eventId: string;
}

/** The earlier of two times that may not be known. */
export function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
