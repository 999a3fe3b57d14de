/** What the catalog says of an event type by example. */
export interface EventSample<Data> {
  example: Data & Record<string, unknown>;
  /** The fields of `data` that a thin delivery shows, and the action it names. */
  thin: { ids: readonly string[]; action: string };
}
