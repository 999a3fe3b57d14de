import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { Pool } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Connector } from "./create-connector.ts";
import { createEgressGuard } from "./create-egress-guard.ts";

const options = { hostname: "good.example.com", host: "good.example.com", protocol: "https:", port: "" };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function socketTo(address: string): Socket {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: address });
  return socket;
}

function connectWith(answers: string[], connect: Connector, target = options): Promise<Socket> {
  const guard = createEgressGuard({
    policy: { environment: "production" },
    resolve: async () => answers,
    connect,
  });
  return new Promise((resolve, reject) => {
    guard.connector(target, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe("the connector", () => {
  it("dials the checked address itself and keeps the name for the certificate", async () => {
    const connect = vi.fn<Connector>((_options, callback) => callback(null, socketTo("93.184.215.14")));
    const socket = await connectWith(["93.184.215.14"], connect);
    expect(connect.mock.calls[0]?.[0]).toMatchObject({
      hostname: "93.184.215.14",
      servername: "good.example.com",
    });
    expect(socket.destroyed).toBe(false);
  });

  it("destroys a socket whose peer is not the address it pinned", async () => {
    const socket = socketTo("10.0.0.1");
    const connect: Connector = (_options, callback) => callback(null, socket);
    await expect(connectWith(["93.184.215.14"], connect)).rejects.toMatchObject({
      code: "destination_not_allowed",
    });
    expect(socket.destroyed).toBe(true);
  });

  it("tries the next address when one refuses, and no other after a time-out", async () => {
    const failures = ["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT"];
    const dialled: string[] = [];
    const connect: Connector = ({ hostname }, callback) => {
      dialled.push(hostname);
      callback(Object.assign(new Error("failed"), { code: failures.shift() }), null);
    };
    const attempt = connectWith(["93.184.215.14", "93.184.215.15", "93.184.215.16"], connect);
    await expect(attempt).rejects.toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
    expect(dialled).toEqual(["93.184.215.14", "93.184.215.15"]);
  });

  it("tries three addresses at most", async () => {
    const connect = vi.fn<Connector>((_options, callback) =>
      callback(Object.assign(new Error("failed"), { code: "ECONNREFUSED" }), null),
    );
    const answers = [14, 15, 16, 17, 18].map((last) => `93.184.215.${last}`);
    await expect(connectWith(answers, connect)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(connect).toHaveBeenCalledTimes(3);
  });

  it("reports a name without addresses as its own outcome", async () => {
    const connect = vi.fn<Connector>();
    await expect(connectWith([], connect)).rejects.toMatchObject({ code: "destination_unresolvable" });
    expect(connect).not.toHaveBeenCalled();
  });

  it("carries requests of an undici Pool to a local receiver named localhost", async () => {
    const port = await listening(
      createServer((socket) => socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")),
    );
    const guard = createEgressGuard({ policy: { environment: "local" } });
    const pool = new Pool(`http://localhost:${port}`, { connect: guard.connector });
    const response = await pool.request({ method: "POST", path: "/", body: "{}" });
    await pool.close();
    expect(response.statusCode).toBe(204);
  });

  it("sends the name, not the address, as the TLS server name", async () => {
    const names: (string | false | null)[] = [];
    const server = createTlsServer({
      SNICallback: (name, callback) => {
        names.push(name);
        callback(new Error("no certificate in this test"));
      },
    });
    const port = await listening(server);
    const guard = createEgressGuard({
      policy: { environment: "production", allow: [`hooks.example.com:${port}`] },
      resolve: async () => ["127.0.0.1"],
    });
    const pool = new Pool(`https://hooks.example.com:${port}`, { connect: guard.connector });
    await expect(pool.request({ method: "POST", path: "/", body: "{}" })).rejects.toThrow();
    await pool.destroy();
    expect(names).toEqual(["hooks.example.com"]);
  });
});
