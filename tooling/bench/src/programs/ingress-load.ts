import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { answerRequests } from "../processes/answer-requests.ts";
import { percentile } from "../statistics/percentile.ts";
import { type HttpConnection, openConnection } from "./http-connection.ts";
import { createStripeRequests } from "./stripe-requests.ts";

/** Sends signed Stripe events over keep-alive connections, either as fast as they are answered or at a rate. */
let requests: Buffer[] = [];
const connections = new Map<string, HttpConnection[]>();

async function connectionsTo(url: string, count: number): Promise<HttpConnection[]> {
  let open = connections.get(url);
  if (!open) {
    open = await Promise.all(Array.from({ length: count }, () => openConnection(url)));
    connections.set(url, open);
  }
  return open;
}

async function post(connection: HttpConnection, request: Buffer | undefined): Promise<void> {
  if (!request) throw new Error("no prepared request is left");
  const status = await connection.send(request);
  if (status !== 200) throw new Error(`answered ${status}`);
}

const api = {
  /** Signs what the following calls send. */
  prepare({ secret, count }: { secret: string; count: number }): void {
    requests = createStripeRequests(secret, count);
  },
  /** Closed loop: every connection sends its next request once the last one is answered. */
  async flood(load: { url: string; connections: number; count: number }): Promise<void> {
    const open = await connectionsTo(load.url, load.connections);
    let left = load.count;
    await Promise.all(
      open.map(async (connection) => {
        while (left-- > 0) await post(connection, requests.pop());
      }),
    );
  },
  /** Open loop: request n is due at n ÷ rate, and its latency counts from then, sent late or not. */
  async trickle(load: { url: string; connections: number; count: number; perSecond: number }) {
    const idle = [...(await connectionsTo(load.url, load.connections))];
    const startedAt = performance.now();
    const latenciesMs: number[] = [];
    const running: Promise<void>[] = [];
    for (let n = 0; n < load.count; n++) {
      const dueAt = startedAt + (n * 1_000) / load.perSecond;
      if (dueAt > performance.now()) await sleep(dueAt - performance.now());
      while (idle.length === 0) await nextTurn();
      const connection = idle.pop() as HttpConnection;
      running.push(
        post(connection, requests.pop()).then(() => {
          latenciesMs.push(performance.now() - dueAt);
          idle.push(connection);
        }),
      );
    }
    await Promise.all(running);
    return { p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) };
  },
};

/** What the load generator can be asked. */
export type IngressLoadApi = typeof api;

answerRequests(api);
