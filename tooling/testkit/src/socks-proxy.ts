import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type ForwardProxy, joinSockets } from "./connect-proxy.ts";

/** `credentials` (`user:password`) are required when given; `reply` (RFC 1928) is sent instead of connecting. */
export type SocksProxyOptions = { credentials?: string; reply?: number };

const noAcceptableMethod = 0xff;
const replyByCode: Record<string, number> = { ECONNREFUSED: 5, EHOSTUNREACH: 4, ENETUNREACH: 3 };

/** Reads exactly so many bytes; null when the client goes away first. */
type Take = (bytes: number) => Promise<Buffer | null>;

function taker(socket: Socket): Take {
  return async (bytes) => {
    for (;;) {
      const chunk: Buffer | null = socket.read(bytes);
      if (chunk !== null && chunk.length === bytes) return chunk;
      if (socket.readableEnded || socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        const done = () => {
          socket.off("readable", done).off("close", done);
          resolve();
        };
        socket.on("readable", done).on("close", done);
      });
    }
  };
}

async function authenticate(socket: Socket, take: Take, credentials: string | undefined): Promise<boolean> {
  const greeting = await take(2);
  const methods = greeting && (await take(greeting[1] ?? 0));
  if (!methods) return false;
  if (credentials === undefined) return socket.write(Uint8Array.of(5, 0));
  if (!methods.includes(2)) {
    socket.end(Uint8Array.of(5, noAcceptableMethod));
    return false;
  }
  socket.write(Uint8Array.of(5, 2));
  const username = await take((await take(2))?.[1] ?? 0);
  const password = await take((await take(1))?.[0] ?? 0);
  const accepted = `${username}:${password}` === credentials;
  if (accepted) return socket.write(Uint8Array.of(1, 0));
  socket.end(Uint8Array.of(1, 1));
  return false;
}

async function readTarget(take: Take): Promise<{ host: string; port: number } | null> {
  const type = (await take(4))?.[3];
  const length = type === 1 ? 4 : type === 4 ? 16 : ((await take(1))?.[0] ?? 0);
  const address = await take(length);
  const port = await take(2);
  if (!address || !port) return null;
  const groups = Array.from({ length: 8 }, (_, i) => address.subarray(i * 2, i * 2 + 2).toString("hex"));
  const host = type === 1 ? address.join(".") : type === 4 ? groups.join(":") : address.toString();
  return { host, port: port.readUInt16BE() };
}

const replyWith = (code: number) => Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0);

/** Starts a SOCKS5 proxy on a free port of 127.0.0.1 that connects to wherever it is asked. */
export async function startSocksProxy({ credentials, reply }: SocksProxyOptions = {}): Promise<ForwardProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();

  async function accept(client: Socket): Promise<void> {
    const take = taker(client);
    if (!(await authenticate(client, take, credentials))) return;
    const target = await readTarget(take);
    if (target === null) return;
    targets.push(`${target.host}:${target.port}`);
    if (reply !== undefined) client.end(replyWith(reply));
    else relay(target, client);
  }

  function relay(target: { host: string; port: number }, client: Socket): void {
    const upstream = connect(target.port, target.host);
    sockets.add(upstream);
    upstream.once("error", (error: NodeJS.ErrnoException) =>
      client.end(replyWith(replyByCode[error.code ?? ""] ?? 1)),
    );
    upstream.once("connect", () => {
      upstream.removeAllListeners("error");
      client.write(replyWith(0));
      joinSockets(client, upstream);
    });
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => {});
    void accept(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    targets,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
