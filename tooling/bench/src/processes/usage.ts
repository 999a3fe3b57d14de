import { readFileSync } from "node:fs";

/** Ticks per second in /proc; Linux has shown 100 to user space on every architecture for decades. */
const ticksPerSecond = 100;
const pageMiB = 4_096 / 1_048_576;

/** User and system CPU time a process has used so far, seconds. NaN where there is no /proc. */
export function readCpuSeconds(pid: number): number {
  const fields = readStat(pid);
  // Fields 14 and 15 of proc_pid_stat(5), counted from the state, which is field 3.
  return fields ? (Number(fields[11]) + Number(fields[12])) / ticksPerSecond : Number.NaN;
}

/** Resident memory of a process right now, MiB. NaN where there is no /proc. */
export function readRssMiB(pid: number): number {
  const fields = readStat(pid);
  return fields ? Number(fields[21]) * pageMiB : Number.NaN;
}

function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The command's name may hold spaces and brackets; what follows the last bracket does not.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
