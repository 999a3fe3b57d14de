import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Pool } from "undici";
import { createEgressGuard } from "../../create-egress-guard.ts";
import type { EgressPolicy } from "../../policy.ts";
import { type EgressProxy, parseEgressProxy } from "../egress-proxy.ts";

const cleanups: (() => unknown)[] = [];

/** Runs when the test is over, the last one first. */
export const afterwards = (cleanup: () => unknown): void => void cleanups.push(cleanup);

export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Like {@link parseEgressProxy}, for a text that is a proxy. */
export function proxyAt(text: string): EgressProxy {
  const proxy = parseEgressProxy(text);
  if (proxy === null) throw new Error(`not a proxy: ${text}`);
  return proxy;
}

/** Closes what is started when the test is over. */
export async function kept<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  afterwards(() => started.close());
  return started;
}

/** How long a test of silence waits: by then a busy machine has connected. */
export const impatientMs = 1_500;

/** Posts to `origin` through the proxy; names resolve to 127.0.0.1, and what is named may be opened. */
export function post(
  proxy: EgressProxy,
  origin: string,
  policy: Partial<EgressPolicy> = {},
  answers = ["127.0.0.1"],
  connectTimeoutMs = 60_000,
) {
  const guard = createEgressGuard({
    policy: { environment: "production", allow: [new URL(origin).host], ...policy },
    resolve: async () => answers,
    proxy,
    connectTimeoutMs,
  });
  const pool = new Pool(origin, { connect: guard.connector });
  afterwards(() => pool.destroy());
  return pool.request({ method: "POST", path: "/hook", body: "{}" });
}

/** A TCP server that does with every connection what it is told; returns its port. */
export async function startRaw(behave: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => behave(socket.on("error", () => {})));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(() => server.close());
  return (server.address() as AddressInfo).port;
}
