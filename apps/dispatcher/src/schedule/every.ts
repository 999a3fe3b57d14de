/**
 * Runs `task` every `intervalMs`, never twice at the same time. A rejection goes to `onError` and the next turn
 * comes all the same.
 */
export function every(
  intervalMs: number,
  task: () => void | Promise<void>,
  onError?: (error: unknown) => void,
): { stop(): void } {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    try {
      await task();
    } catch (error) {
      onError?.(error);
    } finally {
      running = false;
    }
  }, intervalMs);
  return { stop: () => clearInterval(timer) };
}
