import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identify } from "./process-identity.ts";
import { createProcessRegistry } from "./process-registry.ts";
import { waitUntil } from "./wait-until.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "carewire-registry-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isGone = (pid: number) => waitUntil(async () => identify(pid) === null, { timeoutMs: 60_000 });

function startProgram(script = "setInterval(() => {}, 1000)"): Promise<number> {
  const child = spawn(process.execPath, ["-e", `${script}; console.log("up")`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve) => child.stdout.once("data", () => resolve(child.pid!)));
}

test("another launcher finds and stops what the first one recorded", async () => {
  const pid = await startProgram();
  createProcessRegistry(folder).record("app", pid);
  const next = createProcessRegistry(folder);
  expect(next.running()).toMatchObject([{ name: "app", pid }]);
  await next.stopAll({ timeoutMs: 5_000 });
  expect(await isGone(pid)).toBe(true);
  expect(next.running()).toEqual([]);
});

test("a process that ignores the wish to stop is ended by force", async () => {
  const pid = await startProgram('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
  const registry = createProcessRegistry(folder);
  registry.record("stubborn", pid);
  await registry.stopAll({ timeoutMs: 100 });
  expect(await isGone(pid)).toBe(true);
});

test("what is recorded after an interruption is killed at once", async () => {
  const pid = await startProgram();
  const registry = createProcessRegistry(folder);
  registry.close();
  registry.record("late", pid);
  expect(await isGone(pid)).toBe(true);
});

test("a process that took over a recorded pid is left alone", async () => {
  const pid = await startProgram();
  const registry = createProcessRegistry(folder);
  registry.record("app", pid);
  const identity = identify(pid);
  expect(identity).not.toBeNull();
  expect(identify(process.pid)).not.toBe(identity);
  process.kill(pid, "SIGKILL");
  await isGone(pid);
  expect(registry.running()).toEqual([]);
});

/** As a full disk would: the list cannot be written any more. */
const refuseWriting = () => mkdirSync(join(folder, "pids.json.new"));

test("a process that cannot be written down is killed: nobody would find it", async () => {
  const pid = await startProgram();
  refuseWriting();
  const registry = createProcessRegistry(folder);
  expect(() => registry.record("app", pid)).toThrow("EISDIR");
  expect(await isGone(pid)).toBe(true);
});
