import { describe, expect, it } from "vitest";
import { fillMinutes } from "./fill-minutes.ts";

const start = Date.parse("2026-11-21T10:00:00.000Z");
const minuteOf = (index: number, events: number) => ({
  minute: new Date(start + index * 60_000).toISOString(),
  requests: 0,
  events,
  delivered: 0,
  retried: 0,
  failed: 0,
  dead_letters: 0,
  estimated: false,
});

describe("minutes of a chart", () => {
  it("that nobody counted are a gap, not zero", () => {
    const moments = fillMinutes([minuteOf(0, 4), minuteOf(3, 2)]);
    expect(moments.map(({ events }) => events)).toEqual([4, null, null, 2]);
    expect(moments[1]?.at).toBe("2026-11-21T10:01:00.000Z");
  });

  it("are averaged when there are many, and stay per minute", () => {
    const day = Array.from({ length: 1_440 }, (_, index) => minuteOf(index, 5));
    const moments = fillMinutes(day);
    expect(moments).toHaveLength(180);
    expect(new Set(moments.map(({ events }) => events))).toEqual(new Set([5]));
  });

  it("are none without counts", () => expect(fillMinutes([])).toEqual([]));
});
