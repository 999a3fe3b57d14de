import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { systemClock } from "@carewire/envelope";
import { createEgressGuard } from "@carewire/service-kit";
import { createTestAuthority, findFreePort } from "@carewire/testkit";
import { afterEach, expect, test } from "vitest";
import { tryConnection } from "./try-connection.ts";

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** As on the local stack, where 127.0.0.1 may be a destination. */
const guardOf = (connectTimeoutMs: number) =>
  createEgressGuard({ policy: { environment: "local" }, connectTimeoutMs });
const guard = guardOf(60_000);
const tryUrl = (url: string, through = guard) => tryConnection(through, url, systemClock);

async function tlsServer(...hosts: string[]) {
  const authority = await createTestAuthority();
  const { certificate, key } = await authority.server(...hosts);
  const requests: unknown[] = [];
  const server = createHttpsServer({ cert: certificate, key }, (req) => void requests.push(req));
  return { authority, port: await listen(server), requests };
}

test("a connection is opened and closed again, and nothing is sent", async () => {
  let received = 0;
  const ended: Promise<void>[] = [];
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      received += data.length;
    });
    socket.on("error", () => {});
    ended.push(new Promise((done) => socket.once("close", () => done())));
  });
  const port = await listen(server);
  expect(await tryUrl(`http://127.0.0.1:${port}/hook?token=1`)).toEqual({
    outcome: "connected",
    detail: expect.any(String),
    duration_ms: expect.any(Number),
    tls: null,
  });
  await Promise.all(ended);
  expect(received).toBe(0);
});

test("a certificate that holds is described", async () => {
  const { authority, port, requests } = await tlsServer("127.0.0.1");
  authority.trust();
  const tried = await tryUrl(`https://127.0.0.1:${port}/`);
  expect(tried).toMatchObject({ outcome: "connected", tls: { protocol: "TLSv1.3" } });
  const { tls } = tried as { tls: { certificate_expires_at: string } };
  expect(Date.parse(tls.certificate_expires_at)).toBeGreaterThan(Date.now());
  expect(requests).toEqual([]);
});

test("a certificate of an unknown authority, or for another name, says so", async () => {
  const unknown = await tlsServer("127.0.0.1");
  expect(await tryUrl(`https://127.0.0.1:${unknown.port}/`)).toMatchObject({
    outcome: "tls_failed",
    detail: expect.stringContaining("authority"),
  });
  const other = await tlsServer("other.example.com");
  other.authority.trust();
  expect(await tryUrl(`https://127.0.0.1:${other.port}/`)).toMatchObject({
    outcome: "tls_failed",
    detail: "The certificate is for another name.",
  });
});

test("a port that speaks no TLS is not taken for one that does", async () => {
  const port = await listen(
    createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400\r\n\r\n")),
  );
  expect(await tryUrl(`https://127.0.0.1:${port}/`)).toMatchObject({ outcome: "tls_failed" });
});

test("a port nobody listens on is unreachable, and one that stays silent is a time-out", async () => {
  expect(await tryUrl(`http://127.0.0.1:${await findFreePort()}/`)).toMatchObject({ outcome: "unreachable" });
  const silent = await listen(createServer(() => {}));
  expect(await tryUrl(`https://127.0.0.1:${silent}/`, guardOf(300))).toMatchObject({ outcome: "timeout" });
});

test("a name that leads nowhere is unresolvable; one that leads inside is refused before a socket opens", async () => {
  const connect = () => {
    throw new Error("a socket was opened");
  };
  const through = (answers: string[]) =>
    createEgressGuard({ policy: { environment: "production" }, resolve: async () => answers, connect });
  expect(await tryUrl("https://nowhere.example.com/", through([]))).toMatchObject({
    outcome: "unresolvable",
  });
  expect(await tryUrl("https://inside.example.com/", through(["10.0.0.7"]))).toBe("destination_not_allowed");
});
