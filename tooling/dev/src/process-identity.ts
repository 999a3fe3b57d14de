import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Names one process for good: a pid alone is given to another program sooner or later, its start time is not.
 * Null when no such process runs.
 */
export function identify(pid: number): string | null {
  return process.platform === "linux" ? identifyByProc(pid) : identifyByPs(pid);
}

export function isSameProcess(pid: number, identity: string): boolean {
  return identify(pid) === identity;
}

function identifyByProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name stands in brackets and may hold spaces; fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTicks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X") return null;
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${bootId} ${startTicks}`;
  } catch {
    return null;
  }
}

function identifyByPs(pid: number): string | null {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
  } catch {
    return null;
  }
}
