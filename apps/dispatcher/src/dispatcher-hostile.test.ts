import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createTestAuthority, startReceiver, type TestAuthority } from "@carewire/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { type AttemptNow, createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { startWayOut, waysOut } from "./testing/start-way-out.ts";

/** Long enough that a busy machine does not turn a quick fault into a timeout; less than connecting may take. */
const attemptTimeoutMs = 4_500;
const answeredOk = "HTTP/1.1 200 OK\r\n";
let bench: DeliveryBench;
let oneShots: OneShots;
let authority: TestAuthority;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  authority = await createTestAuthority();
  authority.trust();
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Repeats `write` until the connection is gone. */
function drip(socket: Socket, write: () => void): void {
  const timer = setInterval(write, 40);
  socket.once("close", () => clearInterval(timer));
}

/** Answers each request's first bytes with the given ones, and nothing more. */
const saying = (text: string) => (socket: Socket) => void socket.once("data", () => socket.write(text));

interface Expected {
  outcome: string;
  status: number | null;
}

const timedOut: Expected = { outcome: "timeout", status: null };
const reset: Expected = { outcome: "network_reset", status: null };
const tlsFault: Expected = { outcome: "network_tls", status: null };
const notHttp: Expected = { outcome: "network_protocol", status: null };
const accepted: Expected = { outcome: "http_2xx", status: 200 };

/** What a raw TCP server does with a connection, and what comes of it. */
const overHttp: [string, (socket: Socket) => void, Expected][] = [
  ["never reads", (socket) => void socket.pause(), timedOut],
  ["never answers", saying(""), timedOut],
  ["stops in the status line", saying("HTTP/1.1 20"), timedOut],
  [
    "drips headers",
    (socket) => {
      socket.once("data", () => {
        socket.write(answeredOk);
        drip(socket, () => socket.write("x-drip: 1\r\n"));
      });
    },
    timedOut,
  ],
  [
    "drips its body",
    (socket) => {
      socket.once("data", () => {
        socket.write(`${answeredOk}content-length: 100000\r\n\r\n`);
        drip(socket, () => socket.write("."));
      });
    },
    accepted,
  ],
  [
    "pours for ever",
    (socket) => {
      socket.once("data", () => {
        socket.write(`${answeredOk}transfer-encoding: chunked\r\n\r\n`);
        const pour = (): void => {
          while (socket.writable && socket.write(`4000\r\n${"x".repeat(16_384)}\r\n`));
        };
        socket.on("drain", pour);
        pour();
      });
    },
    accepted,
  ],
  ["sends headers without end", saying(`${answeredOk}x-big: ${"x".repeat(200_000)}`), notHttp],
  ["answers something else", saying("220 mail.example.com ESMTP\r\n"), notHttp],
  ["answers HTTP/2", saying("\0\0\u0012\u0004\0\0\0\0\0"), notHttp],
  [
    "answers with two lengths",
    saying(`${answeredOk}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
    notHttp,
  ],
  ["answers with a bad length", saying(`${answeredOk}content-length: -1\r\n\r\n`), notHttp],
  ["answers with bad chunks", saying(`${answeredOk}transfer-encoding: chunked\r\n\r\nzz\r\n`), accepted],
  ["closes at once", (socket) => void socket.end(), reset],
  ["closes after the request", (socket) => void socket.once("data", () => socket.end()), reset],
  ["resets after the request", (socket) => void socket.once("data", () => socket.resetAndDestroy()), reset],
  [
    "resets in its body",
    (socket) =>
      void socket.once("data", () => {
        socket.write(`${answeredOk}content-length: 100\r\n\r\nhalf`, () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        );
      }),
    accepted,
  ],
];

const overTls: typeof overHttp = [
  ["answers TLS with something else", saying("HTTP/1.1 400 Bad Request\r\n\r\n"), tlsFault],
  ["never answers TLS", saying(""), timedOut],
  ["closes during TLS", (socket) => void socket.once("data", () => socket.end()), reset],
];

const hostile = [
  ...overHttp.map(([what, behave, expected]) => ({ scheme: "http", what, behave, expected })),
  ...overTls.map(([what, behave, expected]) => ({ scheme: "https", what, behave, expected })),
];

async function startRaw(behave: (socket: Socket) => void): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    behave(socket.on("error", () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function startTls(...hosts: string[]): Promise<number> {
  const { certificate, key } = await authority.server(...hosts);
  const server = createSecureServer({ cert: certificate, key }, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

describe.each(waysOut)("%s, an endpoint that", (way) => {
  let dispatcher: RunningDispatcher;

  beforeAll(async () => {
    const { egress, close } = await startWayOut(way);
    dispatcher = await startDispatcher(bench, { attemptTimeoutMs, egress });
    return async () => {
      await dispatcher.stop();
      expect(await dispatcher.inFlight()).toBe(0);
      expect(dispatcher.errors).toEqual([]);
      await close();
    };
  });

  describe("misbehaves", () => {
    let attempts: Map<string, AttemptNow[]>;

    // All of them at once, so that their timeouts pass together.
    beforeAll(async () => {
      await bench.reset();
      const servers = await Promise.all(hostile.map(({ behave }) => startRaw(behave)));
      const urls = servers.map(({ port }, i) => `${hostile[i]?.scheme}://127.0.0.1:${port}/`);
      const finished = await oneShots.deliverToEach(urls);
      attempts = new Map(finished.map((each, i) => [hostile[i]?.what ?? "", each]));
      for (const { close } of servers) close();
    });

    test.each(hostile)("$what: its attempt ends in time", ({ what, expected }) => {
      expect(attempts.get(what)).toMatchObject([expected]);
      expect(attempts.get(what)?.[0]?.durationMs).toBeLessThan(60_000);
    });
  });

  test("has a certificate for another name is a TLS fault, one with its own is delivered to", async () => {
    const others = await startTls("other.example.com");
    const own = await startTls("127.0.0.1");
    const refused = await oneShots.deliver({ url: `https://127.0.0.1:${others}/` });
    expect(refused.attempts).toMatchObject([{ outcome: "network_tls" }]);
    await bench.reset();
    const { attempts } = await oneShots.deliver({ url: `https://127.0.0.1:${own}/` });
    expect(attempts).toMatchObject([accepted]);
  });

  test("behaves is delivered to afterwards", async () => {
    const receiver = await startReceiver();
    const { attempts } = await oneShots.deliver({ url: receiver.url });
    expect(attempts).toMatchObject([accepted]);
    await receiver.close();
  });
});
