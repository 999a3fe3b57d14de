import type { Server } from "node:http";
import { connect } from "node:net";
import { eventually } from "@carewire/testkit";
import { afterEach, expect, it } from "vitest";
import { createHttpServer, type HttpLimits, listen, serviceLimits } from "./http-server.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(limits: Partial<HttpLimits>, body: string | Buffer = "served"): Promise<string> {
  const server = createHttpServer(
    (req, res) => {
      req.on("error", () => {}).resume();
      req.on("end", () => res.end(body));
    },
    { ...serviceLimits, ...limits },
  );
  servers.push(server);
  return listen(server, 0, "127.0.0.1");
}

/** Of the newest server. */
const connectionCount = () =>
  new Promise<number>((resolve, reject) => {
    servers.at(-1)?.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

/** Opens a connection and collects what comes back. */
function open(url: string) {
  const state = { received: "", closed: false };
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("data", (chunk) => {
    state.received += chunk;
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    state.closed = true;
  });
  return { socket, state };
}

const drips: [string, string][] = [
  ["headers", "GET / HTTP/1.1\r\nhost: x\r\nslow: "],
  ["a body", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n"],
];

it.each(drips)("answers 408 to a client that drips %s, while others are served", async (_name, start) => {
  const url = await serve({ headersTimeoutMs: 2_000, requestTimeoutMs: 2_500, checkIntervalMs: 50 });
  const { socket, state } = open(url);
  socket.write(start);
  const drip = setInterval(() => socket.write("a"), 20);
  expect(await (await fetch(url)).text()).toBe("served");
  await eventually(() => state.closed);
  clearInterval(drip);
  expect(state.received).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/);
});

it.each([
  ["a request that never ends", "GET / HTTP/1.1\r\nhost: x\r\nslow:", "408", 200],
  // Refused for what it says: the limit must not strike first.
  ["no HTTP", "EHLO x\r\n\r\n", "400", 10_000],
])(
  "does not keep the connection of a client that sends %s and never hangs up",
  async (_name, text, status, headersTimeoutMs) => {
    const url = await serve({
      headersTimeoutMs,
      requestTimeoutMs: headersTimeoutMs + 100,
      checkIntervalMs: 50,
    });
    const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("error", () => {});
    socket.write(text);
    await eventually(() => received.startsWith(`HTTP/1.1 ${status}`));
    await eventually(async () => (await connectionCount()) === 0, { timeoutMs: 20_000 });
    socket.destroy();
  },
);

it("does not keep the connection of a client that reads nothing of its answer", async () => {
  const url = await serve({ idleTimeoutMs: 300 }, Buffer.alloc(64 * 1_024 * 1_024));
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {}).pause();
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await eventually(async () => (await connectionCount()) === 1);
  await eventually(async () => (await connectionCount()) === 0, { timeoutMs: 20_000 });
  socket.destroy();
});

it("strikes no later than 15 s after a request began, by the limits services have", () => {
  expect(serviceLimits.headersTimeoutMs).toBeLessThanOrEqual(10_000);
  expect(serviceLimits.requestTimeoutMs).toBeLessThanOrEqual(15_000);
});

it("closes connections beyond the limit, and serves those within it", async () => {
  const url = await serve({ connectionsMax: 2 });
  const within = [open(url), open(url)];
  await eventually(() => within.every(({ socket }) => !socket.connecting));
  const beyond = open(url);
  await eventually(() => beyond.state.closed);
  for (const { socket } of within) socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await eventually(() => within.every(({ state }) => state.received.includes("served")));
});
