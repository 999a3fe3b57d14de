import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "../measure/now-ms.ts";
import type { HttpConnection } from "./http-connection.ts";

export interface OpenLoop {
  connections: readonly HttpConnection[];
  count: number;
  /** When request n is due, milliseconds since the epoch. */
  dueAtMs(n: number): number;
  send(connection: HttpConnection, n: number): Promise<void>;
}

/** Sends every request when it is due, or as soon as a connection is free. Rejects with the first failure. */
export async function runOpenLoop({ connections, count, dueAtMs, send }: OpenLoop): Promise<void> {
  const idle = [...connections];
  let failure: unknown = null;

  async function sendOn(connection: HttpConnection, n: number): Promise<void> {
    try {
      await send(connection, n);
    } catch (error) {
      failure ??= error;
    }
    idle.push(connection);
  }

  for (let n = 0; n < count && failure === null; n++) {
    const earlyMs = dueAtMs(n) - nowMs();
    if (earlyMs > 0) await sleep(earlyMs);
    while (idle.length === 0) await nextTurn();
    void sendOn(idle.pop() as HttpConnection, n);
  }
  while (idle.length < connections.length) await nextTurn();
  if (failure !== null) throw failure;
}
