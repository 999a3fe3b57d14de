import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { requireRunningProcesses } from "./running-processes.ts";

test("a stack of which a process has ended is not called ready: the process is named, and what to do", () => {
  const { pid } = spawnSync("true");
  expect(() => requireRunningProcesses({ pids: { postgres: process.pid, dispatcher: pid } })).toThrow(
    /ended since it was ready: dispatcher\. See \.carewire\/logs, then stop it with npm start -- --stop and start/,
  );
  expect(() => requireRunningProcesses({ pids: { postgres: process.pid } })).not.toThrow();
});
