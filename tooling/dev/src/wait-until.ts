import { setTimeout as delay } from "node:timers/promises";

/** Polls `check` every 50 ms until it returns something truthy; null when `timeoutMs` passed before that. */
export async function waitUntil<T>(
  check: () => Promise<T | null | undefined | false>,
  { timeoutMs }: { timeoutMs: number },
): Promise<T | null> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const result = await check();
    if (result) return result;
    await delay(50);
  }
  return null;
}
