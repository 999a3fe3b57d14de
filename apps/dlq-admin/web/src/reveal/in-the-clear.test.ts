import { expect, test } from "vitest";
import { inTheClear } from "./in-the-clear.ts";

const row = (id: string, body: string | null, outcome: string) => ({ id, body, outcome });

test("what was revealed is in the clear, and everything else as it is now", () => {
  const now = [row("a", "[string]", "delivered"), row("b", "[string]", "pending"), row("c", null, "failed")];
  const revealed = [row("a", "Ada", "pending"), row("c", null, "pending")];
  expect(inTheClear(now, revealed, "id", "body")).toEqual([
    row("a", "Ada", "delivered"),
    row("b", "[string]", "pending"),
    row("c", null, "failed"),
  ]);
});

test("nothing is in the clear before it was revealed", () => {
  expect(inTheClear([row("a", "[string]", "ok")], undefined, "id", "body")).toEqual([
    row("a", "[string]", "ok"),
  ]);
});
