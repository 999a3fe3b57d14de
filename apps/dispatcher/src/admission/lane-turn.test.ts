import fc from "fast-check";
import { expect, test } from "vitest";
import { firstLaneOf } from "./lane-turn.ts";

test("whatever claims an endpoint is part of, first attempts begin four in five and every lane begins some", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(1_000_000), (stride, start) => {
      const counts = [0, 0, 0];
      for (let i = 0; i < 2_000; i++) {
        const lane = firstLaneOf(start + i * stride);
        counts[lane] = (counts[lane] ?? 0) + 1;
      }
      const [fresh = 0, retries = 0, replays = 0] = counts.map((count) => count / 2_000);
      expect(fresh).toBeGreaterThan(0.75);
      expect(fresh).toBeLessThan(0.85);
      expect(retries).toBeGreaterThan(0.1);
      expect(replays).toBeGreaterThan(0.02);
    }),
  );
});
