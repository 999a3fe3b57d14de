import { describe, expect, it } from "vitest";
import { isTaken, toLocalInput, toMoment } from "./moments.ts";

describe("a moment in a form", () => {
  it("comes back as it was, to the minute", () => {
    const moment = "2026-03-29T01:30:00.000Z";
    expect(toMoment(toLocalInput(moment))).toBe(moment);
  });

  it("has a year of four digits, as a form takes no other", () => {
    expect(toLocalInput("0020-06-01T12:00:00.000Z")).toMatch(/^0020-06-01T\d\d:\d\d$/);
  });

  it.each([
    ["0002-11-21T10:30:00.000Z", false],
    ["0202-11-21T10:30:00.000Z", false],
    ["1999-12-31T23:59:00.000Z", false],
    ["2000-01-01T00:00:00.000Z", true],
    ["2099-12-31T23:59:00.000Z", true],
    ["2100-01-01T00:00:00.000Z", false],
    ["+020260-01-01T00:00:00.000Z", false],
  ])("%s may filter: %s, since the server takes the years from 2000 to 2099", (moment, expected) => {
    expect(isTaken(moment)).toBe(expected);
  });

  it("is empty when there is none, or when it is no moment", () => {
    expect(toLocalInput(undefined)).toBe("");
    expect(toLocalInput("yesterday")).toBe("");
    expect(toMoment("")).toBeNull();
  });
});
