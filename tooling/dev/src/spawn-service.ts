import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { LaunchFailure } from "./launch-failure.ts";

export interface ServiceCommand {
  /** Shown in messages. */
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Gets all output, from its beginning. */
  logFile: string;
  uid?: number;
  gid?: number;
}

/**
 * Starts a long-running process that outlives this one, its output in a file. It leads its own process group: a
 * Ctrl-C in the terminal must reach the launcher only, which stops apps before the database they write to.
 */
export function spawnService({ name, command, args, logFile, ...options }: ServiceCommand): number {
  const log = openSync(logFile, "w", 0o600);
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ["ignore", log, log] });
    child.on("error", () => {});
    child.unref();
    if (child.pid === undefined)
      throw new LaunchFailure(`${name} could not be started (${command}): see ${logFile}.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}
