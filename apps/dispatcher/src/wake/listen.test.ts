import { expect, test } from "vitest";
import { parseWakeup } from "./listen.ts";

test.each([
  ["route", { kind: "route" }],
  ["shards:3", { kind: "shards", shards: [3] }],
  ["shards:3,17,63", { kind: "shards", shards: [3, 17, 63] }],
  ["shards:x,4.5,5", { kind: "shards", shards: [5] }],
  ["lanes", { kind: "lanes" }],
  ["consumers", null],
  ["", null],
  ["routes", null],
])("the notification %j means %j", (payload, expected) => {
  expect(parseWakeup(payload)).toEqual(expected);
});
