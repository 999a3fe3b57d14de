import type { Sql } from "@carewire/db";

/** The channel on which publishers tell dispatchers and dispatchers tell consumers that there is work. */
export const wakeChannel = "carewire_wake";

/** What a wake-up says: events wait to be routed, or deliveries wait for internal consumers. */
export type Wakeup = "route" | "consumers";

/** Between two notifications of one process: under load every commit would send one, and each costs two processes. */
const spacingMs = 3;

export interface Waker {
  /** Says that events wait to be routed. Never blocks, never throws: a lost wake-up costs latency only. */
  wake(): void;
  /** Says that deliveries to internal consumers were queued. Same promise as `wake`. */
  notifyConsumers(): void;
  close(): Promise<void>;
}

/**
 * Sends the wake-ups of one process: after the commit, on a connection of its own and at most one at a time,
 * however many are asked for meanwhile. NOTIFY inside the publishing transaction would halve commit throughput.
 */
export function createWaker({ notify }: { notify: Sql }): Waker {
  const wanted = new Set<Wakeup>();
  let sending = false;

  async function send(): Promise<void> {
    sending = true;
    for (const wakeup of wanted) {
      // Taken out first: one asked for during the sending is a later one, and the loop still meets it.
      wanted.delete(wakeup);
      await notify.notify(wakeChannel, wakeup).catch(() => {});
      // One asked for meanwhile can wait: whoever was just woken looks for more by itself until there is none.
      await new Promise((resolve) => setTimeout(resolve, spacingMs).unref());
    }
    sending = false;
  }

  function request(wakeup: Wakeup): void {
    wanted.add(wakeup);
    if (!sending) void send();
  }

  return {
    wake: () => request("route"),
    notifyConsumers: () => request("consumers"),
    close: () => notify.end({ timeout: 1 }),
  };
}
