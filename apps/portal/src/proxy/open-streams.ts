/** Answers that are being passed on for as long as somebody listens. */
export interface OpenStreams {
  /** False: as many as may be are open. */
  hasRoom(): boolean;
  /** Until the returned function is called, `end` is called when the process stops. */
  add(end: () => void): () => void;
  endAll(): void;
}

/** Builds {@link OpenStreams} of at most `streamsMax` at once. */
export function createOpenStreams(streamsMax: number): OpenStreams {
  const ends = new Set<() => void>();
  return {
    hasRoom: () => ends.size < streamsMax,
    add(end) {
      ends.add(end);
      return () => ends.delete(end);
    },
    endAll() {
      for (const end of [...ends]) end();
    },
  };
}
