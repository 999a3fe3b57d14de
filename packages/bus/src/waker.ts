import type { Sql } from "@carewire/db";

/** The channel on which publishers tell dispatchers and dispatchers tell consumers that there is work. */
export const wakeChannel = "carewire_wake";

/** What a wake-up says: events wait to be routed, or deliveries wait for these shards. */
export type Wakeup = { kind: "route" } | { kind: "shards"; shards: number[] } | { kind: "consumers" };

export interface Waker {
  /** Says that events wait to be routed. Never blocks, never throws: a lost wake-up costs latency only. */
  wake(): void;
  close(): Promise<void>;
}

/**
 * Sends the wake-ups of one process: after the commit, on a connection of its own and at most one at a time.
 * NOTIFY inside the publishing transaction would halve commit throughput.
 */
export function createWaker({ notify }: { notify: Sql }): Waker {
  let sending = false;
  let again = false;

  async function send(): Promise<void> {
    sending = true;
    do {
      again = false;
      await notify.notify(wakeChannel, "route").catch(() => {});
    } while (again);
    sending = false;
  }

  return {
    wake() {
      if (sending) again = true;
      else void send();
    },
    close: () => notify.end({ timeout: 1 }),
  };
}
