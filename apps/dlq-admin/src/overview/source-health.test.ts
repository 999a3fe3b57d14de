import { expect, test } from "vitest";
import { sourceHealth } from "./source-health.ts";

const none = { accepted: 0, duplicate: 0, conflict: 0, malformed: 0 };

test.each([
  [none, false, "never"],
  [none, true, "quiet"],
  [{ ...none, accepted: 1 }, true, "receiving"],
  [{ ...none, duplicate: 1 }, true, "receiving"],
  [{ ...none, accepted: 2, malformed: 1 }, true, "receiving"],
  [{ ...none, accepted: 1, malformed: 1 }, true, "failing"],
  [{ ...none, accepted: 1, conflict: 1 }, true, "failing"],
  [{ ...none, malformed: 1 }, true, "failing"],
])("a source with %j lately, ever received: %s, is %s", (lately, everReceived, health) => {
  expect(sourceHealth(lately, everReceived)).toBe(health);
});
