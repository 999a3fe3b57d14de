import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { type Dispatcher, Pool } from "undici";
import { answerRequests } from "../processes/answer-requests.ts";

/** The ceiling: sign and POST in a loop, nothing stored. As lean as undici allows. */
const pools = new Map<string, Pool>();
const keys: KeyObject[] = [];

interface Load {
  /** Endpoint i lives on origin i mod their number. */
  origins: string[];
  endpoints: number;
  posts: number;
  concurrency: number;
  bodyBytes: number;
}

function poolOf(origin: string): Pool {
  let pool = pools.get(origin);
  if (!pool) {
    pool = new Pool(origin, { connections: 256, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
    pools.set(origin, pool);
  }
  return pool;
}

function keyOf(endpoint: number): KeyObject {
  while (keys.length <= endpoint) keys.push(createSecretKey(randomBytes(32)));
  return keys[endpoint] as KeyObject;
}

function post(load: Load, n: number, body: Buffer, done: (error: Error | null) => void): void {
  const endpoint = n % load.endpoints;
  const origin = load.origins[endpoint % load.origins.length] as string;
  const id = `evt_${n}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const mac = createHmac("sha256", keyOf(endpoint))
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest("base64");
  let status = 0;
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode;
    },
    onResponseData() {},
    onResponseEnd: () => done(status === 200 ? null : new Error(`status ${status}`)),
    onResponseError: (_controller, error) => done(error),
  };
  const headers = ["content-type", "application/json", "webhook-id", id];
  headers.push("webhook-timestamp", String(timestamp), "webhook-signature", `v1,${mac}`);
  poolOf(origin).dispatch({ method: "POST", path: `/ok/${endpoint}`, headers, body }, handler);
}

const api = {
  /** Returns how long it took, seconds. Rejects when a POST fails. */
  run(load: Load): Promise<number> {
    const body = Buffer.alloc(load.bodyBytes, "x");
    const startedAt = performance.now();
    let started = 0;
    let answered = 0;
    return new Promise((resolve, reject) => {
      const next = () => {
        if (started < load.posts) post(load, started++, body, finish);
      };
      const finish = (error: Error | null) => {
        if (error) reject(error);
        answered++;
        if (answered === load.posts) resolve((performance.now() - startedAt) / 1_000);
        next();
      };
      for (let i = 0; i < load.concurrency; i++) next();
    });
  },
};

/** What the raw loop can be asked. */
export type RawPostApi = typeof api;

answerRequests(api);
