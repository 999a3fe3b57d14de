import type { ReplayCandidate } from "@carewire/db";
import fc from "fast-check";
import { expect, test } from "vitest";
import { planBatch } from "./plan-batch.ts";

const start = "0";

const candidatesOf = (matches: boolean[]): ReplayCandidate[] =>
  matches.map((matched, i) => ({ id: String(i + 1), eventId: `e${i + 1}`, replayOf: null, matched }));

test("step by step, every match is taken exactly once and in order, whatever the room and the page", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      (matches, takeMax, lookMax) => {
        const all = candidatesOf(matches);
        const taken: string[] = [];
        let position = start;
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThanOrEqual(all.length + 1);
          const page = all.slice(Number(position), Number(position) + lookMax);
          const batch = planBatch(page, { position, takeMax, lookMax });
          expect(batch.take.length).toBeLessThanOrEqual(takeMax);
          taken.push(...batch.take.map(({ id }) => id));
          position = batch.position;
          if (batch.isDone) break;
        }
        expect(taken).toEqual(all.filter(({ matched }) => matched).map(({ id }) => id));
      },
    ),
  );
});

test("nothing looked at is the end, where it stands", () => {
  expect(planBatch([], { position: "7", takeMax: 1, lookMax: 10 })).toEqual({
    take: [],
    position: "7",
    isDone: true,
  });
});
