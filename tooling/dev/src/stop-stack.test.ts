import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identify } from "./process-identity.ts";
import { createProcessRegistry } from "./process-registry.ts";
import { stopStack } from "./stop-stack.ts";

test("on a full disk everything is stopped nevertheless", async () => {
  const folder = mkdtempSync(join(tmpdir(), "carewire-stop-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const registry = createProcessRegistry(folder);
  registry.record("app", child.pid!);
  mkdirSync(join(folder, "pids.json.new"));
  const full = () => {
    throw new Error("ENOSPC: no space left on device");
  };
  await expect(stopStack(registry, full)).rejects.toThrow();
  expect(identify(child.pid!)).toBeNull();
});
