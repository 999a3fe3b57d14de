import { describe, expect, test } from "vitest";
import { replayWindow } from "./replay-window.ts";

const now = Date.parse("2026-06-30T12:00:00Z");
const at = (text: string) => Date.parse(text);

describe("the window of a replay", () => {
  test("ends now and begins 92 days ago when nothing is said", () => {
    expect(replayWindow({}, now)).toEqual({ ok: true, sinceMs: at("2026-03-30T12:00:00Z"), untilMs: now });
  });

  test("is what was asked for, in any time zone", () => {
    expect(replayWindow({ since: "2026-06-01T02:00:00+02:00", until: "2026-06-02T00:00:00Z" }, now)).toEqual({
      ok: true,
      sinceMs: at("2026-06-01T00:00:00Z"),
      untilMs: at("2026-06-02T00:00:00Z"),
    });
  });

  test("never ends in the future", () => {
    expect(replayWindow({ since: "2026-06-29T00:00:00Z", until: "2027-01-01T00:00:00Z" }, now)).toMatchObject(
      {
        untilMs: now,
      },
    );
  });

  test.each([
    ["begins in the future", { since: "2026-07-01T00:00:00Z" }],
    ["begins where it ends", { since: "2026-06-01T00:00:00Z", until: "2026-06-01T00:00:00Z" }],
    ["is longer than 92 days", { since: "2026-01-01T00:00:00Z" }],
  ])("is refused at its path when it %s", (_name, given) => {
    expect(replayWindow(given, now, "filter.")).toMatchObject({
      ok: false,
      errors: [{ path: "filter.since" }],
    });
  });
});
