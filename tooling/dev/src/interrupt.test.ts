import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { Interrupted, watchForInterrupt } from "./interrupt.ts";

const never = new Promise<never>(() => {});

test("work goes on while the command that started it is there, and ends when that is killed with -9", async () => {
  const launcher = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const interrupt = watchForInterrupt([launcher.pid!]);
  expect(await interrupt.race(Promise.resolve("done"))).toBe("done");
  expect(interrupt.signal.aborted).toBe(false);
  launcher.kill("SIGKILL");
  await expect(interrupt.race(never)).rejects.toThrow(Interrupted);
  expect(interrupt.signal.aborted).toBe(true);
});
