import { expect, test } from "vitest";
import { matchesEtag } from "./matches-etag.ts";

test.each([
  ['"7-a"', true],
  ['W/"7-a"', true],
  ['"6-a", "7-a"', true],
  ['"6-a",W/"7-a" ', true],
  ["*", true],
  [undefined, false],
  ["", false],
  ["7-a", false],
  ['"7-A"', false],
  ['"7-a', false],
  ['"17-a"', false],
  ['"x,7-a"', false],
])("If-None-Match %s of the version 7-a: %s", (header, matches) => {
  expect(matchesEtag(header, '"7-a"')).toBe(matches);
});
