import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify, isSameProcess } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

/** A process this clone started. */
interface RecordedProcess {
  name: string;
  pid: number;
  identity: string;
  /** What makes it finish its work and end. */
  stopSignal: NodeJS.Signals;
}

export interface ProcessRegistry {
  /**
   * Writes the process down at once, so that a launcher killed in the next moment leaves a trace of it. One that cannot
   * be written down is killed, and the error thrown: nobody would find it.
   */
  record(name: string, pid: number, stopSignal?: NodeJS.Signals): void;
  /** The recorded processes that still run, in starting order. */
  running(): RecordedProcess[];
  /** From now on whatever is recorded is killed at once: for a start that is interrupted half-way. */
  close(): void;
  /** Stops all that still run, last started first, each within `timeoutMs`, then by force; forgets them. */
  stopAll(options: { timeoutMs: number }): Promise<void>;
}

/** Keeps the list of started processes in `<directory>/pids.json`, across launchers. */
export function createProcessRegistry(directory: string): ProcessRegistry {
  const file = join(directory, "pids.json");
  const read = (): RecordedProcess[] => {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      return [];
    }
  };
  const write = (processes: RecordedProcess[]) => {
    writeFileSync(`${file}.new`, JSON.stringify(processes), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const writeDown = (started: RecordedProcess) => {
    try {
      write([...read(), started]);
    } catch (error) {
      process.kill(started.pid, "SIGKILL");
      throw error;
    }
  };
  let closed = false;
  const running = () => read().filter(({ pid, identity }) => isSameProcess(pid, identity));

  return {
    record(name, pid, stopSignal = "SIGTERM") {
      const identity = identify(pid);
      if (identity && closed) process.kill(pid, "SIGKILL");
      else if (identity) writeDown({ name, pid, identity, stopSignal });
    },
    running,
    close() {
      closed = true;
    },
    async stopAll({ timeoutMs }) {
      const groups = stopOrder(running());
      for (const group of groups) await Promise.all(group.map((one) => stopProcess(one, timeoutMs)));
      write([]);
    },
  };
}

const services = ["postgres", "redis"];

/** Apps first and together, then what they stand on. */
function stopOrder(processes: RecordedProcess[]): RecordedProcess[][] {
  const isService = ({ name }: RecordedProcess) => services.includes(name);
  return [processes.filter((one) => !isService(one)), processes.filter(isService)];
}

async function stopProcess({ pid, identity, stopSignal }: RecordedProcess, timeoutMs: number): Promise<void> {
  const isGone = async () => !isSameProcess(pid, identity);
  for (const [signal, waitMs] of [
    [stopSignal, timeoutMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (await isGone()) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitUntil(isGone, { timeoutMs: waitMs })) return;
  }
}
