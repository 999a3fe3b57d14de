import { expect, test } from "vitest";
import { outcomesOverTime } from "./outcomes-over-time.ts";

const at = (minutes: number, status: "delivered" | "failed" | "held" = "delivered") => ({
  created_at: new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString(),
  status,
});

test("every delivery that came to something is counted in the step it was made in", () => {
  const series = outcomesOverTime([at(12), at(11, "failed"), at(11), at(0), at(1, "held")]);
  expect(series?.stepMs).toBe(60_000);
  expect(series?.points).toHaveLength(13);
  const counts = series?.points.map(({ delivered, failed }) => [delivered, failed]);
  expect([counts?.[0], counts?.[1], counts?.[11], counts?.[12]]).toEqual([
    [1, 0],
    [0, 0],
    [1, 1],
    [1, 0],
  ]);
});

test("a long time has long steps, and never more points than can be read", () => {
  const series = outcomesOverTime([at(60 * 24 * 30), at(0)]);
  expect(series?.stepMs).toBe(86_400_000);
  expect(series?.points.length).toBeLessThanOrEqual(40);
});

test("there is no chart of nothing", () => expect(outcomesOverTime([at(0)])).toBeNull());
