import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("of all who share it one slice runs between two looks at what else has arrived, in order", async () => {
  const nextTurn = createTurns();
  const log: string[] = [];
  let rounds = 0;
  const tick = setInterval(() => {}, 1_000);
  const count = () => {
    rounds += 1;
    if (log.length < 9) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(
    ["a", "b", "c"].map(async (name) => {
      for (let slice = 0; slice < 3; slice++) {
        await nextTurn();
        log.push(`${name}${rounds}`);
      }
    }),
  );
  clearInterval(tick);
  expect(log.map((entry) => entry[0])).toEqual(["a", "b", "c", "a", "b", "c", "a", "b", "c"]);
  expect(new Set(log.map((entry) => entry.slice(1))).size).toBe(9);
});
