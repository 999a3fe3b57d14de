import { identify, isSameProcess } from "./process-identity.ts";

/** Thrown by work that ends because it was told to stop. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

export interface Interrupt {
  /** Aborts once: on Ctrl-C, SIGTERM, a closed terminal, or when whoever ran the command has gone. */
  signal: AbortSignal;
  /** Resolves when that happens. */
  happened: Promise<void>;
  /** `work`, or a rejection with `Interrupted` as soon as it happens. */
  race<T>(work: Promise<T>): Promise<T>;
}

const launcherCheckMs = 1_000;

/**
 * Watches for the wish to stop. A terminal and npm may each deliver the same Ctrl-C, so later signals change
 * nothing. `launcherPids` are the processes that started this one: killed with -9 they cannot pass anything on.
 */
export function watchForInterrupt(launcherPids: number[]): Interrupt {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, abort);
  const launchers = launcherPids.map((pid) => ({ pid, identity: identify(pid) }));
  const allRun = () =>
    launchers.every(({ pid, identity }) => identity !== null && isSameProcess(pid, identity));
  setInterval(() => allRun() || abort(), launcherCheckMs).unref();
  const { signal } = controller;
  const happened = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  const interruption = happened.then(() => Promise.reject(new Interrupted()));
  interruption.catch(() => {});
  return { signal, happened, race: (work) => Promise.race([work, interruption]) };
}
