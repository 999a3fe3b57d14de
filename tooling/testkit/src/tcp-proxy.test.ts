import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  proxy = await startTcpProxy({ target: { port: (echo.address() as AddressInfo).port } });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

async function open(): Promise<{ socket: Socket; received(): string }> {
  const socket = connect(proxy.port, proxy.host);
  clients.push(socket);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "connect");
  return { socket, received: () => text };
}

test("relays in both directions", async () => {
  const { socket, received } = await open();
  socket.write("hello");
  expect(await eventually(received)).toBe("hello");
});

test("cut resets open and new connections until restore", async () => {
  const { socket, received } = await open();
  socket.write("before");
  await eventually(received);
  const reset = once(socket, "error");
  proxy.cut();
  expect((await reset)[0]).toMatchObject({ code: "ECONNRESET" });
  const refused = connect(proxy.port, proxy.host);
  expect((await once(refused, "error"))[0]).toMatchObject({ code: "ECONNRESET" });
  proxy.restore();
  const again = await open();
  again.socket.write("after");
  expect(await eventually(again.received)).toBe("after");
});

test("freeze holds bytes back without closing, and restore lets them through", async () => {
  const { socket, received } = await open();
  socket.write("one");
  await eventually(received);
  proxy.freeze();
  socket.write("two");
  await expect(eventually(() => received() !== "one", { timeoutMs: 50 })).rejects.toThrow();
  expect(socket.destroyed).toBe(false);
  proxy.restore();
  await eventually(() => received() === "onetwo");
});

test("strand moves nothing of what is connected any more, and later connections work", async () => {
  const { socket, received } = await open();
  socket.write("one");
  await eventually(received);
  proxy.strand();
  socket.write("two");
  const later = await open();
  later.socket.write("new");
  expect(await eventually(later.received)).toBe("new");
  proxy.restore();
  await expect(eventually(() => received() !== "one", { timeoutMs: 50 })).rejects.toThrow();
  expect(socket.destroyed).toBe(false);
});

test("a connection made while frozen waits for restore", async () => {
  proxy.freeze();
  const { socket, received } = await open();
  socket.write("late");
  await expect(eventually(received, { timeoutMs: 50 })).rejects.toThrow();
  proxy.restore();
  expect(await eventually(received)).toBe("late");
});
