/** The event type that endpoint `index`, and no other, is subscribed to. */
export const eventTypeOf = (index: number): string => `bench.e${index}`;
