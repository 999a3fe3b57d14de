import { expect, test } from "vitest";
import { readTraceparent } from "./read-traceparent.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

test.each([
  ["a valid one", `00-${trace}-01`, `00-${trace}-01`],
  ["one that is not sampled", `00-${trace}-00`, `00-${trace}-00`],
  ["a later version, reduced to what 00 knows", `01-${trace}-01-more`, `00-${trace}-01`],
  ["a later version without more", `cc-${trace}-01`, `00-${trace}-01`],
])("keeps %s", (_what, header, kept) => {
  expect(readTraceparent(header)).toBe(kept);
});

test.each([
  ["nothing", undefined],
  ["nonsense", "garbage"],
  ["version ff", `ff-${trace}-01`],
  ["fields beyond those of version 00", `00-${trace}-01-more`],
  ["a trace id of zeros", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
  ["a parent id of zeros", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
  ["upper case", `00-${trace.toUpperCase()}-01`],
  ["two headers joined into one", `00-${trace}-01, 00-${trace}-01`],
  ["a line break", `00-${trace}-01\n`],
  ["more than a header has reason to hold", `01-${trace}-01-${"a".repeat(300)}`],
])("ignores %s", (_what, header) => {
  expect(readTraceparent(header)).toBeNull();
});
