import type { Sql } from "@carewire/db";
import { type Wakeup, wakeChannel } from "../waker.ts";

/**
 * Calls `onWake` for every wake-up of this kind, and whenever the connection (re)opened, since one may have been
 * missed. Returns a function that stops it. The client reconnects by itself; while it is away, polling finds the work.
 */
export function listenForWakeups(listen: Sql, wakeup: Wakeup, onWake: () => void): () => Promise<void> {
  const listening = listen
    .listen(
      wakeChannel,
      (payload) => {
        if (payload === wakeup) onWake();
      },
      onWake,
    )
    .catch(() => null);
  return async () => {
    const connection = await listening;
    await connection?.unlisten().catch(() => {});
  };
}
