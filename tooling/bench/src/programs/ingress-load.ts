import { allFamilies, type FamilyName } from "../families/all-families.ts";
import { createBatchRequests } from "../families/messaging.ts";
import { nowMs } from "../measure/now-ms.ts";
import { answerRequests } from "../processes/answer-requests.ts";
import { percentile } from "../statistics/percentile.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { HttpConnection } from "./http-connection.ts";
import { runOpenLoop } from "./open-loop.ts";
import { withConnections } from "./with-connections.ts";

/** Sends signed requests of a family over keep-alive connections, either as fast as they are answered or at a rate. */
let requests: Buffer[] = [];

async function post(connection: HttpConnection): Promise<void> {
  const request = requests.pop();
  if (!request) throw new Error("no prepared request is left");
  const status = await connection.send(request);
  if (status !== 200) throw new Error(`answered ${status}`);
}

const api = {
  /** Signs what the following calls send. */
  prepare({ family, count }: { family: FamilyName; count: number }): void {
    requests = allFamilies[family].createRequests(count);
    collectGarbage();
  },
  /** Signs WhatsApp requests of many messages each. */
  prepareBatches({ count, items }: { count: number; items: number }): void {
    requests = createBatchRequests(count, items);
    collectGarbage();
  },
  /** Sends what is prepared one after the other; resolves to how long each took, milliseconds. */
  oneByOne: (load: { url: string }): Promise<number[]> =>
    withConnections(load.url, 1, async ([connection]) => {
      const tookMs: number[] = [];
      while (connection && requests.length > 0) {
        const startedAtMs = nowMs();
        await post(connection);
        tookMs.push(nowMs() - startedAtMs);
      }
      return tookMs;
    }),
  /** Closed loop: every connection sends its next request once the last one is answered. */
  flood: (load: { url: string; connections: number; count: number }): Promise<void> =>
    withConnections(load.url, load.connections, async (connections) => {
      let left = load.count;
      await Promise.all(
        connections.map(async (connection) => {
          while (left-- > 0) await post(connection);
        }),
      );
    }),
  /**
   * Open loop: request n is due at n ÷ rate, and its latency counts from then, sent late or not. The first
   * `settleCount` are sent and not counted: opening every connection at the same moment is another load.
   */
  async trickle(load: {
    url: string;
    connections: number;
    count: number;
    settleCount: number;
    perSecond: number;
  }) {
    const latenciesMs: number[] = [];
    await withConnections(load.url, load.connections, (connections) => {
      const startAtMs = nowMs();
      const dueAtMs = (n: number) => startAtMs + (n * 1_000) / load.perSecond;
      const send = async (connection: HttpConnection, n: number) => {
        await post(connection);
        if (n >= load.settleCount) latenciesMs.push(nowMs() - dueAtMs(n));
      };
      return runOpenLoop({ connections, count: load.count, dueAtMs, send });
    });
    return { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
  },
};

/** What the load generator can be asked. */
export type IngressLoadApi = typeof api;

answerRequests(api);
