import { nowMs } from "../measure/now-ms.ts";
import { answerRequests } from "../processes/answer-requests.ts";
import { eventTypeOf } from "../seed/event-type.ts";
import { createPayload } from "../seed/payload.ts";
import type { HttpConnection } from "./http-connection.ts";
import { runOpenLoop } from "./open-loop.ts";
import { withConnections } from "./with-connections.ts";

/** Publishes through `POST /v1/events`, over keep-alive connections. */
let target = { url: "", apiKey: "" };

const connectionsCount = 32;

async function publish(connection: HttpConnection, type: string, atMs: number): Promise<void> {
  const body = Buffer.concat([
    Buffer.from(`{"type":"${type}","data":`),
    createPayload(atMs),
    Buffer.from("}"),
  ]);
  const head =
    "POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n" +
    `authorization: Bearer ${target.apiKey}\r\ncontent-length: ${body.length}\r\n\r\n`;
  const status = await connection.send(Buffer.concat([Buffer.from(head), body]));
  if (status !== 202) throw new Error(`POST /v1/events answered ${status}`);
}

const api = {
  /** Where to publish, and with which key. */
  open(input: { url: string; apiKey: string }): void {
    target = input;
  },
  /** Closed loop over all connections. */
  flood: (load: { count: number; endpoints: number }): Promise<void> =>
    withConnections(target.url, connectionsCount, async (connections) => {
      let sent = 0;
      await Promise.all(
        connections.map(async (connection) => {
          while (sent < load.count) await publish(connection, eventTypeOf(sent++ % load.endpoints), nowMs());
        }),
      );
    }),
  /** Open loop: event n is due at n ÷ rate after `startAtMs` and stamped with that time. */
  trickle(load: { startAtMs: number; perSecond: number; count: number; endpoints: number }): Promise<void> {
    const dueAtMs = (n: number) => load.startAtMs + (n * 1_000) / load.perSecond;
    const send = (connection: HttpConnection, n: number) =>
      publish(connection, eventTypeOf(n % load.endpoints), dueAtMs(n));
    return withConnections(target.url, connectionsCount, (connections) =>
      runOpenLoop({ connections, count: load.count, dueAtMs, send }),
    );
  },
};

/** What the load generator can be asked. */
export type ApiLoadApi = typeof api;

answerRequests(api);
