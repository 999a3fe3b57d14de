import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { DevEnv } from "./env.ts";
import { runningLauncher } from "./launcher-lock.ts";
import { root, stateFolder } from "./paths.ts";
import { requireRunningProcesses } from "./running-processes.ts";
import { start } from "./start.ts";
import { isCompleteState, readState } from "./state.ts";
import { printSummary } from "./summary.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const ready = "ready";
const flushMs = 100;

/**
 * `npm start -- --detach`: starts the stack under a supervisor that outlives this process, and resolves to the exit
 * code once all is ready. The supervisor stays because someone must collect the processes when they end: many
 * containers have no init that would.
 */
export async function startDetached(env: DevEnv): Promise<number> {
  const state = readState();
  if (runningLauncher(stateFolder()) !== null && isCompleteState(state)) {
    requireRunningProcesses(state);
    printSummary(state);
    return 0;
  }
  const supervisor = spawn(process.execPath, [main, "start", "--supervise"], {
    cwd: root,
    env: { ...env.inherited, DATABASE_URL: env.databaseUrl, REDIS_URL: env.redisUrl },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  supervisor.stdout?.pipe(process.stdout);
  supervisor.stderr?.pipe(process.stderr);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => supervisor.kill(signal));
  return new Promise((resolve) => {
    // What it printed before saying so is in the pipe already and needs a moment to come through.
    supervisor.once("message", () => setTimeout(resolve, flushMs, 0));
    supervisor.once("close", (code) => resolve(code ?? 1));
  });
}

/** The supervisor itself: gives up when the command that started it goes away before all is ready. */
export function supervise(env: DevEnv): Promise<number> {
  const giveUp = () => process.kill(process.pid, "SIGTERM");
  process.once("disconnect", giveUp);
  return start(env, {
    onReady(state) {
      printSummary(state);
      process.off("disconnect", giveUp);
      process.send?.(ready);
    },
  });
}
