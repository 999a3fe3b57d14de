import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRetryAfterMs } from "./retry-after.ts";

const nowMs = Date.parse("2026-03-01T12:00:00Z");
const dayMs = 24 * 3_600_000;

test.each([
  ["seconds", "120", 120_000],
  ["seconds with blanks around", " 7 ", 7_000],
  ["zero becomes one second", "0", 1_000],
  ["a week becomes a day", "604800", dayMs],
  ["the most digits we read", "9999999999", dayMs],
  ["an HTTP date ahead", "Sun, 01 Mar 2026 12:05:00 GMT", 300_000],
  ["an HTTP date in the past becomes one second", "Sun, 01 Mar 2026 11:00:00 GMT", 1_000],
  ["an HTTP date far ahead becomes a day", "Mon, 01 Mar 2032 12:00:00 GMT", dayMs],
])("Retry-After with %s is read and clamped to 1 s … 24 h", (_name, value, expected) => {
  expect(parseRetryAfterMs(value, nowMs)).toBe(expected);
});

test.each([
  undefined,
  "",
  " ",
  "soon",
  "-5",
  "1.5",
  "1e3",
  "0x10",
  "120, 240",
  "99999999999",
  "2026-03-01T12:05:00Z",
  "Sun, 99 Foo 2026 12:05:00 GMT",
])("Retry-After %j cannot be read and counts as none", (value) => {
  expect(parseRetryAfterMs(value, nowMs)).toBeNull();
});

test("whatever a header says, the answer is null or between 1 s and 24 h", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      (value) => {
        const delayMs = parseRetryAfterMs(value, nowMs);
        return delayMs === null || (delayMs >= 1_000 && delayMs <= dayMs);
      },
    ),
  );
});
