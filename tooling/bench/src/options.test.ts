import { expect, it } from "vitest";
import { parseOptions } from "./options.ts";

const rows = ["ingress", "backlog"];

it("runs every row three times at full size unless told otherwise", () => {
  expect(parseOptions([], rows)).toEqual({ rows: [], rounds: 3, scale: 1, json: null });
});

it("takes rows, rounds, scale and a file for the results", () => {
  const args = ["--rows", "ingress,backlog", "--rounds", "5", "--scale", "0.1", "--json", "out.json"];
  expect(parseOptions(args, rows)).toEqual({ rows, rounds: 5, scale: 0.1, json: "out.json" });
});

it.each([
  [["--rows", "speed"], "there is no row"],
  [["--rounds", "0"], "--rounds must be"],
  [["--rounds", "many"], "--rounds must be"],
  [["--scale", "0"], "--scale must be"],
  [["--scale", "fast"], "--scale must be"],
  [["--fast"], "Unknown option"],
])("refuses %j with the reason", (args, reason) => {
  expect(() => parseOptions(args, rows)).toThrow(reason);
});
