import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("one at a time goes on, in the order of asking, and a late end lets nobody else in", async () => {
  const takeTurn = createTurns();
  const order: string[] = [];
  const inside: string[] = [];
  async function enter(name: string): Promise<void> {
    const turn = await takeTurn();
    order.push(name);
    inside.push(name);
    expect(inside).toEqual([name]);
    await new Promise((resolve) => setImmediate(resolve));
    inside.pop();
    turn.end();
    turn.end();
  }
  await Promise.all(["a", "b", "c", "d"].map(enter));
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("the turn of nobody is there at once", async () => {
  const takeTurn = createTurns();
  (await takeTurn()).end();
  (await takeTurn()).end();
});
