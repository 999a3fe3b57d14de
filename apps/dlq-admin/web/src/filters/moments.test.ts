import { describe, expect, it } from "vitest";
import { toLocalInput, toMoment } from "./moments.ts";

describe("a moment in a form", () => {
  it("comes back as it was, to the minute", () => {
    const moment = "2026-03-29T01:30:00.000Z";
    expect(toMoment(toLocalInput(moment))).toBe(moment);
  });

  it("is empty when there is none, or when it is no moment", () => {
    expect(toLocalInput(undefined)).toBe("");
    expect(toLocalInput("yesterday")).toBe("");
    expect(toMoment("")).toBeNull();
  });
});
