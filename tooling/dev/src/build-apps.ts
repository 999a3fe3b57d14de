import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LaunchFailure } from "./launch-failure.ts";
import { stateFolder } from "./paths.ts";
import { runTool } from "./run-tool.ts";

export interface BuildOptions {
  env: NodeJS.ProcessEnv;
  /** Ends the build. */
  signal: AbortSignal;
}

/** Bundles every app; what did not change since the last time comes from turbo's cache. Throws `LaunchFailure`. */
export async function buildApps({ env, signal }: BuildOptions): Promise<void> {
  const { code, output } = await runTool("turbo", ["run", "build"], { env, output: "keep", signal });
  if (code === 0) return;
  const logFile = join(stateFolder("logs"), "build.log");
  writeFileSync(logFile, output);
  if (/ENOSPC|No space left on device/i.test(output)) {
    throw new LaunchFailure("The disk is full: free some space and run the command again.");
  }
  const reason = output.split("\n").find((line) => /error|✘/i.test(line)) ?? "no reason given";
  throw new LaunchFailure(`The apps could not be built (${reason.trim().slice(0, 300)}): see ${logFile}.`);
}
