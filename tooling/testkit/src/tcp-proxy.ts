import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP relay in front of a server, for showing what happens when the network between them fails. */
export type TcpProxy = {
  host: string;
  port: number;
  /** Resets every connection, and every later one, until {@link TcpProxy.restore}. */
  cut(): void;
  /** Keeps connections open but moves no byte in either direction, until {@link TcpProxy.restore}. */
  freeze(): void;
  /** Keeps the connections there are now open but moves no byte of them any more; later ones work. */
  strand(): void;
  /** Moves bytes again; what was held back by `freeze` arrives. */
  restore(): void;
  /** How many clients are connected. */
  connections(): number;
  close(): Promise<void>;
};

type Pair = { client: Socket; upstream: Socket };
type Line = "open" | "cut" | "frozen";

/** Starts a {@link TcpProxy} on a free port of 127.0.0.1 that relays to `target`. */
export async function startTcpProxy({
  target,
}: {
  target: { host?: string; port: number };
}): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const stranded = new Set<Pair>();
  let line: Line = "open";

  function accept(client: Socket): void {
    if (line === "cut") {
      client.resetAndDestroy();
      return;
    }
    const pair = { client, upstream: connect(target.port, target.host ?? "127.0.0.1") };
    pairs.add(pair);
    const isOpen = () => line === "open" && !stranded.has(pair);
    relay(pair.client, pair.upstream, isOpen);
    relay(pair.upstream, pair.client, isOpen);
    client.once("close", () => {
      pairs.delete(pair);
      stranded.delete(pair);
    });
  }

  function resetAll(): void {
    for (const { client, upstream } of [...pairs, ...stranded]) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }

  const server = createServer({ allowHalfOpen: true }, accept).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    cut() {
      line = "cut";
      resetAll();
    },
    freeze() {
      line = "frozen";
      for (const socket of socketsOf(pairs)) socket.pause();
    },
    strand() {
      for (const socket of socketsOf(pairs)) socket.pause();
      for (const pair of pairs) stranded.add(pair);
      pairs.clear();
    },
    restore() {
      line = "open";
      for (const socket of socketsOf(pairs)) socket.resume();
    },
    connections: () => pairs.size + stranded.size,
    async close() {
      const closed = once(server, "close");
      server.close();
      resetAll();
      await closed;
    },
  };
}

function socketsOf(pairs: Set<Pair>): Socket[] {
  return [...pairs].flatMap(({ client, upstream }) => [client, upstream]);
}

function relay(from: Socket, to: Socket, isOpen: () => boolean): void {
  from.on("data", (chunk) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on("drain", () => {
    if (isOpen()) from.resume();
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroy());
  if (!isOpen()) from.pause();
}
