import { expect, test } from "vitest";
import { countOf } from "./count-of.ts";

test.each([
  [0, "jobs", "0 jobs"],
  [1, "jobs", "1 job"],
  [1, "deliveries", "1 delivery"],
  [1, "entries", "1 entry"],
  [1, "API keys", "1 API key"],
  [2, "replays", "2 replays"],
])("%i of %s is %s", (count, plural, words) => expect(countOf(count, plural)).toBe(words));
