import { fork } from "node:child_process";
import { once } from "node:events";

/** What a program can be asked: functions of one argument. */
export type ProgramApi = Record<string, (input: never) => unknown>;

/** A process of the benchmark itself, talked to over IPC. */
export interface Program<Api extends ProgramApi> {
  pid: number;
  /** Rejects with the program's error, when it ends first, or after `timeoutMs` (default 120 s). */
  ask<Name extends keyof Api>(
    name: Name,
    input: Parameters<Api[Name]>[0],
    timeoutMs?: number,
  ): Promise<Awaited<ReturnType<Api[Name]>>>;
  stop(): Promise<void>;
}

export interface Request {
  id: number;
  name: string;
  input: unknown;
}

export type Reply = { id: number; output: unknown } | { id: number; error: string };

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

const defaultTimeoutMs = 120_000;

/** Starts `src/programs/<name>.ts` in a process of its own, which ends with this one. */
export async function startProgram<Api extends ProgramApi>(name: string): Promise<Program<Api>> {
  const child = fork(new URL(`../programs/${name}.ts`, import.meta.url), { stdio: "inherit", execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended = false;

  child.on("message", (reply: Reply) => {
    const caller = waiting.get(reply.id);
    if ("error" in reply) caller?.reject(new Error(`${name}: ${reply.error}`));
    else caller?.resolve(reply.output);
  });
  child.once("exit", (code, signal) => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${code ?? signal})`));
  });
  await once(child, "spawn");

  return {
    pid: child.pid as number,
    async ask(request, input, timeoutMs = defaultTimeoutMs) {
      if (ended) throw new Error(`${name} has ended`);
      const id = ++lastId;
      const late = `${name} did not answer "${String(request)}" within ${timeoutMs} ms`;
      let timer: NodeJS.Timeout | undefined;
      try {
        return (await new Promise((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          timer = setTimeout(() => reject(new Error(late)), timeoutMs);
          child.send({ id, name: String(request), input } satisfies Request);
        })) as never;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    async stop() {
      if (ended) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
