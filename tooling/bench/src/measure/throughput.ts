import { readCpuSeconds } from "../processes/usage.ts";

/** How fast something went, and what it cost the measured process. */
export interface Throughput {
  seconds: number;
  perSecond: number;
  /** CPU seconds per 1,000. */
  cpuPerThousand: number;
}

/** The rate over several parts of the same size. */
export const perSecond = (parts: readonly Throughput[]): number =>
  parts.length / parts.reduce((sum, part) => sum + 1 / part.perSecond, 0);

/** The mean over several parts of the same size. */
export const cpuPerThousand = (parts: readonly Throughput[]): number =>
  parts.reduce((sum, part) => sum + part.cpuPerThousand, 0) / parts.length;

/** Runs `work`, which does `count` things, and looks at the clock and at the process's CPU time around it. */
export async function measureThroughput(
  pid: number,
  count: number,
  work: () => Promise<unknown>,
): Promise<Throughput> {
  const cpuBefore = readCpuSeconds(pid);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuSeconds = readCpuSeconds(pid) - cpuBefore;
  return { seconds, perSecond: count / seconds, cpuPerThousand: (cpuSeconds / count) * 1_000 };
}
