import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takePort } from "./take-port.ts";

const minuteMs = 60_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "carewire-take-port-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** How many of fifty get the port who all want it at this time. */
async function takers(atMs: number): Promise<number> {
  const taken = await Promise.all(Array.from({ length: 50 }, () => takePort(folder, 1, atMs)));
  return taken.filter(Boolean).length;
}

test("of many who want a port at the same time one gets it, also when it was somebody's long ago", async () => {
  for (const minutes of [0, 25, 50, 75]) expect(await takers(minutes * minuteMs), `${minutes}`).toBe(1);
});

test("a port is nobody else's for ten minutes", async () => {
  expect(await takers(9 * minuteMs)).toBe(1);
  for (const minutes of [9, 10, 14, 18.9]) expect(await takers(minutes * minuteMs), `${minutes}`).toBe(0);
});

test("who takes it as ten minutes end, a little late, does not share it with who came after", async () => {
  expect(await takers(10 * minuteMs)).toBe(1);
  expect(await takers(10 * minuteMs - 1)).toBe(0);
});

test("what is over is removed", async () => {
  for (const minutes of [0, 25, 50, 75]) await takers(minutes * minuteMs);
  expect(await readdir(folder)).toEqual(["7"]);
});
