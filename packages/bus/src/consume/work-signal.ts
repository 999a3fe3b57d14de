/** Lets one loop sleep until something happens or a time passed. */
export interface WorkSignal {
  /** Ends the current wait, or the next one when nobody waits. */
  raise(): void;
  /** Resolves at the next `raise`, at once when one came since the last wait, and after `timeoutMs` at the latest. */
  wait(timeoutMs: number): Promise<void>;
}

export function createWorkSignal(): WorkSignal {
  let raised = false;
  let wake: (() => void) | null = null;
  return {
    raise() {
      raised = true;
      wake?.();
    },
    async wait(timeoutMs) {
      if (!raised) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      raised = false;
    },
  };
}
