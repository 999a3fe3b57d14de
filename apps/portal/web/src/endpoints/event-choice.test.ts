import { expect, test } from "vitest";
import { chosenThrough, isPattern, togglePattern } from "./event-choice.ts";

const patterns = ["order.paid", "order.*", "*"];

test("a type is chosen through the widest pattern that is chosen and stands for it", () => {
  expect(chosenThrough(["order.*"], "order.paid", patterns)).toBe("order.*");
  expect(chosenThrough(["*", "order.*"], "order.paid", patterns)).toBe("*");
  expect(chosenThrough(["order.paid"], "order.paid", patterns)).toBeNull();
  expect(chosenThrough(["*"], "endpoint.failing", ["endpoint.failing", "endpoint.*"])).toBeNull();
});

test("choosing a prefix takes the place of the types below it; choosing it again takes it away", () => {
  const chosen = togglePattern(["order.paid", "orders.paid", "payment.*"], "order.*");
  expect(chosen).toEqual(["orders.paid", "payment.*", "order.*"]);
  expect(togglePattern(chosen, "order.*")).toEqual(["orders.paid", "payment.*"]);
});

test.each([
  ["order.paid", true],
  ["order.*", true],
  ["medical-encounters.created", true],
  ["*", true],
  ["Order.Paid", false],
  ["order.", false],
  ["*.paid", false],
  ["order paid", false],
])("%s may be listed: %s", (text, may) => expect(isPattern(text)).toBe(may));
