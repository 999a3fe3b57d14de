import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TestCertificate } from "./test-certificates.ts";

/** `credentials` (`user:password`) are required when given; `refuse` answers every CONNECT with that instead. */
export type ConnectProxyOptions = {
  credentials?: string;
  /** Speaks TLS itself: an `https://` proxy. */
  certificate?: TestCertificate;
  refuse?: { status: number; headers?: Record<string, string> };
  /** Takes CONNECT and never answers. */
  silent?: boolean;
};

/** A forward proxy for tests: HTTP CONNECT, or SOCKS5 (see `startSocksProxy`). */
export type ForwardProxy = {
  port: number;
  /** What it was asked to connect to, as `host:port`, oldest first. */
  targets: string[];
  close(): Promise<void>;
};

function answer(socket: Duplex, status: number, headers: Record<string, string>): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join("")}content-length: 0\r\n\r\n`);
}

/** Joins two sockets until either closes. */
export function joinSockets(client: Duplex, upstream: Socket): void {
  client.pipe(upstream).pipe(client);
  client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
  upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
}

/** Starts an HTTP proxy on a free port of 127.0.0.1 that knows CONNECT only, and connects to wherever it is asked. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ForwardProxy> {
  const { credentials, certificate, refuse, silent = false } = options;
  const targets: string[] = [];
  const sockets = new Set<Duplex>();
  const expected = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;

  function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    sockets.add(client);
    client.on("error", () => {});
    if (expected !== undefined && request.headers["proxy-authorization"] !== expected) {
      answer(client, 407, { "proxy-authenticate": 'Basic realm="test"' });
      return;
    }
    targets.push(request.url ?? "");
    if (refuse !== undefined) answer(client, refuse.status, refuse.headers ?? {});
    else if (!silent) relay(request.url ?? "", client, head);
  }

  function relay(target: string, client: Duplex, head: Buffer): void {
    const { hostname, port } = new URL(`http://${target}`);
    const upstream = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ""));
    const refused = () => answer(client, 502, {});
    upstream.once("error", refused);
    upstream.once("connect", () => {
      upstream.off("error", refused);
      sockets.add(upstream);
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) upstream.write(head);
      joinSockets(client, upstream);
    });
  }

  const server = certificate
    ? createSecureServer({ cert: certificate.certificate, key: certificate.key })
    : createServer();
  server.on("connect", tunnel).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    targets,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
