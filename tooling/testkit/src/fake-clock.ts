/** A clock that stands still until a test moves it. Milliseconds since the Unix epoch. */
export type FakeClock = {
  now(): number;
  advance(ms: number): void;
  set(ms: number): void;
};

/** Creates a {@link FakeClock} that first reads `startMs`. */
export function createFakeClock(startMs: number): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
    set(ms) {
      nowMs = ms;
    },
  };
}
