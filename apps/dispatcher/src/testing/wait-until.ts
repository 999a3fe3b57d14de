import { eventually } from "@carewire/testkit";

/** For one delivery or a few: far beyond what they take, since machines are busy sometimes. */
export const patienceMs = 100_000;

/** Repeats `check` until it returns something truthy, with the patience of a whole delivery. */
export const waitUntil: typeof eventually = (check, options) =>
  eventually(check, { timeoutMs: patienceMs, ...options });
