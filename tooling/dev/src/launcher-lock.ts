import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, isSameProcess } from "./process-identity.ts";

const fileName = "launcher.json";

/** The pid of the launcher that runs (or starts) this clone's stack now, or null. */
export function runningLauncher(folder: string): number | null {
  try {
    const { pid, identity }: { pid: number; identity: string } = JSON.parse(
      readFileSync(join(folder, fileName), "utf8"),
    );
    return isSameProcess(pid, identity) ? pid : null;
  } catch {
    return null;
  }
}

/** Notes this process as the launcher; the note means nothing once the process is gone. */
export function claimLauncher(folder: string): void {
  const claim = { pid: process.pid, identity: identify(process.pid) };
  writeFileSync(join(folder, fileName), JSON.stringify(claim), { mode: 0o600 });
}
