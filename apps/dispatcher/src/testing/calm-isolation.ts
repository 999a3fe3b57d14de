import { defaultBreakerSettings } from "../admission/breaker.ts";
import type { IsolationDeps } from "../admission/isolation.ts";

/** What an admission needs for its breakers, for tests in which no time passes. */
export const calmIsolation: IsolationDeps = {
  clock: { now: () => 0 },
  random: () => 0,
  breaker: defaultBreakerSettings,
  wake: () => {},
  onBreaker: () => {},
};
