import { wakeChannel } from "@carewire/bus";
import type { Sql } from "@carewire/db";

export type DispatcherWakeup = { kind: "route" } | { kind: "lanes" } | { kind: "shards"; shards: number[] };

/** What a notification means for a dispatcher; null when it is for somebody else. */
export function parseWakeup(payload: string): DispatcherWakeup | null {
  if (payload === "route") return { kind: "route" };
  if (payload === "lanes") return { kind: "lanes" };
  if (!payload.startsWith("shards:")) return null;
  return { kind: "shards", shards: payload.slice(7).split(",").map(Number).filter(Number.isInteger) };
}

/**
 * Listens for wake-ups on a connection of its own (`listen` must allow one). postgres.js listens again by itself
 * after the connection was lost; what was missed meanwhile is found by the sweep.
 */
export async function listenForWakeups(
  listen: Sql,
  onWakeup: (wakeup: DispatcherWakeup) => void,
): Promise<void> {
  await listen.listen(wakeChannel, (payload) => {
    const wakeup = parseWakeup(payload);
    if (wakeup) onWakeup(wakeup);
  });
}
