/** What {@link DetailsFetcher.fetchDetails} may be told about one read. */
export interface FetchDetailsOptions {
  /** Gives the read up: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Reads what thin deliveries name. */
export interface DetailsFetcher {
  /**
   * Reads the resource the event is about, in its newest version. null: there is no such resource (any more), or the
   * event names none. Rejects when it cannot be read.
   */
  fetchDetails(
    event: { type: string; data: unknown },
    options?: FetchDetailsOptions,
  ): Promise<unknown | null>;
}
