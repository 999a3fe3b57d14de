import type { ProcessRegistry } from "./process-registry.ts";

const checkMs = 1_000;

/** Says so, once, when a process of the stack ends on its own, until `signal` says they are being stopped. */
export function watchProcesses(registry: ProcessRegistry, signal: AbortSignal): Promise<never> {
  let known = registry.running();
  return new Promise(() => {
    const timer = setInterval(() => {
      const running = registry.running();
      const gone = known.filter(({ pid }) => !running.some((one) => one.pid === pid));
      for (const { name, pid } of gone) {
        console.error(
          `${name} (process ${pid}) has ended: see .carewire/logs/${name}.log, then stop and start again.`,
        );
      }
      known = running;
    }, checkMs);
    signal.addEventListener("abort", () => clearInterval(timer));
  });
}
