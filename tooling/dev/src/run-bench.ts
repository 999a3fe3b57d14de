import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildApps } from "./build-apps.ts";
import type { DevEnv } from "./env.ts";
import { fillLog } from "./fill-log.ts";
import { Interrupted, watchForInterrupt } from "./interrupt.ts";
import { LaunchFailure } from "./launch-failure.ts";
import { root } from "./paths.ts";
import { durableSettings } from "./postgres.ts";
import { step } from "./progress.ts";
import { withThrowAwayDatabases } from "./throw-away-databases.ts";

// As the published measurements were made: durable commits, and no checkpoint in the middle of a round.
const benchSettings = {
  ...durableSettings,
  max_connections: "400",
  shared_buffers: "512MB",
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
  // What `fillLog` has written is kept for reuse; it need not be written twice.
  min_wal_size: "4GB",
  wal_init_zero: "off",
};
/** More than rounds write between two checkpoints. */
const logBytes = 4 * 1024 ** 3;

/** `npm run bench`: the benchmarks of tooling/bench against durable databases of their own. */
export async function runBench(env: DevEnv, args: string[]): Promise<number> {
  const entry = join(root, "tooling", "bench", "src", "main.ts");
  if (!existsSync(entry))
    throw new LaunchFailure("This clone has no benchmarks: tooling/bench/src/main.ts is missing.");
  const interrupt = watchForInterrupt(env.launcherPids);
  try {
    return await withThrowAwayDatabases({ env, interrupt, settings: benchSettings }, async (databases) => {
      // The server of DATABASE_URL is somebody's: its log is left as it is.
      if (!env.databaseUrl)
        await step("Filling PostgreSQL's log", () => fillLog(databases.DATABASE_URL, logBytes));
      await step("Building the apps", () => buildApps({ env: env.inherited, signal: interrupt.signal }));
      return runEntry([entry, ...args], { ...env.inherited, ...databases }, interrupt.signal);
    });
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  }
}

function runEntry(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, signal, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
