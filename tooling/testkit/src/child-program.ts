import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** How a program ended: its exit code, or the signal that killed it. */
export type ProgramExit = { code: number | null; signal: NodeJS.Signals | null };

/** A program started by a test. It is killed when the test process ends. */
export type ChildProgram = {
  pid: number;
  /** The last 256 KiB of what it wrote to stdout and stderr. */
  output(): string;
  /** Sends a signal; `SIGKILL` is the crash. Does nothing once the program has ended. */
  kill(signal: NodeJS.Signals): void;
  exited: Promise<ProgramExit>;
};

const outputCharactersMax = 256 * 1024;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program without a shell. Throws when it cannot be started at all. */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "cwd" | "env" | "uid" | "gid">,
): Promise<ChildProgram> {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const output = collectOutput(child);
  running.add(child);
  const exited = new Promise<ProgramExit>((resolve) => {
    // "close", not "exit": it also waits for children that share the output, such as PostgreSQL's backends.
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(new Error(`Cannot start ${command}: ${cause.message}`, { cause })));
  });
  return { pid: child.pid as number, output, kill: (signal) => void child.kill(signal), exited };
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  const append = (chunk: string) => {
    text = (text + chunk).slice(-outputCharactersMax);
  };
  child.stdout?.setEncoding("utf8").on("data", append);
  child.stderr?.setEncoding("utf8").on("data", append);
  return () => text;
}
