import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import {
  createTestAuthority,
  type ForwardProxy,
  startConnectProxy,
  startReceiver,
  startSocksProxy,
  type TestAuthority,
} from "@carewire/testkit";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EgressProxy } from "./egress-proxy.ts";
import { afterwards, cleanUp, kept, post, proxyAt, startRaw } from "./testing/proxy-bench.ts";

let authority: TestAuthority;

beforeAll(async () => {
  authority = await createTestAuthority();
  authority.trust();
});
afterEach(cleanUp);

async function startSecureEndpoint(): Promise<{ origin: string; port: number; names: unknown[] }> {
  const names: unknown[] = [];
  const { certificate, key } = await authority.server("hooks.example.com");
  const server = createSecureServer({ cert: certificate, key }, (request, response) => {
    names.push("servername" in request.socket && request.socket.servername);
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  afterwards(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { origin: `https://hooks.example.com:${port}`, port, names };
}

const credentials = "user:pass word";
const encoded = "user:pass%20word";
type Start = () => Promise<{ proxy: EgressProxy; running: ForwardProxy }>;
const kinds: [string, Start][] = [
  [
    "HTTP CONNECT",
    async () => {
      const running = await kept(startConnectProxy({ credentials }));
      return { proxy: proxyAt(`http://${encoded}@127.0.0.1:${running.port}`), running };
    },
  ],
  [
    "HTTP CONNECT over TLS",
    async () => {
      const certificate = await authority.server("localhost", "127.0.0.1");
      const running = await kept(startConnectProxy({ certificate }));
      return { proxy: proxyAt(`https://127.0.0.1:${running.port}`), running };
    },
  ],
  [
    "SOCKS5",
    async () => {
      const running = await kept(startSocksProxy({ credentials }));
      return { proxy: proxyAt(`socks5://${encoded}@127.0.0.1:${running.port}`), running };
    },
  ],
];

describe.each(kinds)("behind a proxy (%s)", (_kind, start) => {
  test("the proxy is asked for the checked address, and TLS is spoken with the name's owner", async () => {
    const { proxy, running } = await start();
    const endpoint = await startSecureEndpoint();
    expect((await post(proxy, endpoint.origin)).statusCode).toBe(204);
    expect(running.targets).toEqual([`127.0.0.1:${endpoint.port}`]);
    expect(endpoint.names).toEqual(["hooks.example.com"]);
  });

  test("plain http, where it is allowed, goes the same way", async () => {
    const { proxy, running } = await start();
    const receiver = await kept(startReceiver());
    expect((await post(proxy, `http://receiver:${receiver.port}`)).statusCode).toBe(200);
    expect(running.targets).toEqual([`127.0.0.1:${receiver.port}`]);
  });

  test("a name that resolves to a private address is refused before the proxy is asked", async () => {
    const { proxy, running } = await start();
    const sent = post(proxy, "https://rebind.example.com", { allow: [] }, ["93.184.215.14", "10.0.0.1"]);
    await expect(sent).rejects.toMatchObject({ code: "destination_not_allowed" });
    await expect(post(proxy, "https://169.254.169.254", { allow: [] })).rejects.toMatchObject({
      code: "destination_not_allowed",
    });
    expect(running.targets).toEqual([]);
  });

  test("a certificate for another name is the endpoint's fault", async () => {
    const { proxy } = await start();
    const { port } = await startSecureEndpoint();
    await expect(post(proxy, `https://other.example.com:${port}`)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  test("an endpoint that does not speak TLS is at fault itself", async () => {
    const { proxy } = await start();
    const receiver = await kept(startReceiver());
    await expect(post(proxy, `https://receiver:${receiver.port}`)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_SSL|^EPROTO/),
    });
  });

  test("an endpoint that resets during TLS is at fault itself", async () => {
    const { proxy } = await start();
    const port = await startRaw((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    await expect(post(proxy, `https://receiver:${port}`)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
