import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import {
  createTestAuthority,
  type ForwardProxy,
  findFreePort,
  startConnectProxy,
  startReceiver,
  startSocksProxy,
  type TestAuthority,
} from "@carewire/testkit";
import { Pool } from "undici";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createEgressGuard } from "../create-egress-guard.ts";
import type { EgressPolicy } from "../policy.ts";
import { type EgressProxy, parseEgressProxy } from "./egress-proxy.ts";

const cleanups: (() => unknown)[] = [];
let authority: TestAuthority;

beforeAll(async () => {
  authority = await createTestAuthority();
  authority.trust();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function proxyAt(text: string): EgressProxy {
  const proxy = parseEgressProxy(text);
  if (proxy === null) throw new Error(`not a proxy: ${text}`);
  return proxy;
}

async function kept<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  cleanups.push(() => started.close());
  return started;
}

/** Posts to `origin` through the proxy; names resolve to 127.0.0.1, and what is named may be opened. */
function post(
  proxy: EgressProxy,
  origin: string,
  policy: Partial<EgressPolicy> = {},
  answers = ["127.0.0.1"],
) {
  const guard = createEgressGuard({
    policy: { environment: "production", allow: [new URL(origin).host], ...policy },
    resolve: async () => answers,
    proxy,
    connectTimeoutMs: 500,
  });
  const pool = new Pool(origin, { connect: guard.connector });
  cleanups.push(() => pool.destroy());
  return pool.request({ method: "POST", path: "/hook", body: "{}" });
}

async function startSecureEndpoint(): Promise<{ origin: string; port: number; names: unknown[] }> {
  const names: unknown[] = [];
  const { certificate, key } = await authority.server("hooks.example.com");
  const server = createSecureServer({ cert: certificate, key }, (request, response) => {
    names.push("servername" in request.socket && request.socket.servername);
    response.writeHead(204).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanups.push(() => server.close().closeAllConnections());
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
    const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await expect(post(proxy, `https://receiver:${port}`)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

test.each(["http", "https", "socks5"])(
  "a %s proxy nobody answers for is the proxy's fault",
  async (scheme) => {
    const proxy = proxyAt(`${scheme}://user:hidden@127.0.0.1:${await findFreePort()}`);
    const error = await post(proxy, "https://93.184.215.14").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "egress_proxy_failed", fault: "proxy" });
    expect(String(error)).toContain("ECONNREFUSED");
    expect(String(error)).not.toMatch(/hidden|127\.0\.0\.1/);
  },
);

test("an https proxy with a certificate nobody trusts is the proxy's fault", async () => {
  const certificate = await (await createTestAuthority()).server("127.0.0.1");
  const running = await kept(startConnectProxy({ certificate }));
  await expect(
    post(proxyAt(`https://127.0.0.1:${running.port}`), "https://93.184.215.14"),
  ).rejects.toMatchObject({ code: "egress_proxy_failed", fault: "proxy" });
});

test.each(["http", "socks5"])(
  "a %s proxy that refuses our credentials is the proxy's fault",
  async (scheme) => {
    const start = scheme === "http" ? startConnectProxy : startSocksProxy;
    const running = await kept(start({ credentials: "user:right" }));
    for (const given of ["user:wrong@", ""]) {
      const proxy = proxyAt(`${scheme}://${given}127.0.0.1:${running.port}`);
      const error = await post(proxy, "https://93.184.215.14").catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "egress_proxy_failed", fault: "proxy" });
      expect(String(error)).toMatch(/refused our credentials/);
      expect(String(error)).not.toMatch(/wrong/);
    }
  },
);

test.each(["http", "socks5"])(
  "what answers a %s proxy's port without being one is the proxy's fault",
  async (scheme) => {
    const server = createServer(
      (socket) => void socket.on("error", () => {}).write("220 smtp ready\r\n\r\n\r\n"),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    cleanups.push(() => server.close());
    const proxy = proxyAt(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(post(proxy, "https://93.184.215.14")).rejects.toMatchObject({ fault: "proxy" });
  },
);

test("a SOCKS5 proxy that takes the connection and says nothing is at fault itself", async () => {
  const server = createServer((socket) => void socket.on("error", () => {}));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanups.push(() => server.close());
  const proxy = proxyAt(`socks5://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect(post(proxy, "https://93.184.215.14")).rejects.toMatchObject({ fault: "proxy" });
});

test.each([
  [403, {}, { fault: "destination" }],
  [500, {}, { fault: "destination" }],
  [502, {}, { fault: "destination" }],
  [503, {}, { fault: "destination" }],
  [504, {}, { fault: "destination" }],
  [502, { "proxy-status": "proxy; error=proxy_internal_error" }, { fault: "destination" }],
  [502, { "proxy-status": "proxy; error=connection_refused" }, { code: "ECONNREFUSED" }],
  [504, { "proxy-status": 'p1; error="connection_timeout"; details="x"' }, { code: "ETIMEDOUT" }],
  [503, { "proxy-status": "p1; error=destination_ip_unroutable" }, { code: "EHOSTUNREACH" }],
  [503, { "x-squid-error": "ERR_CONNECT_FAIL 111" }, { code: "ECONNREFUSED" }],
])("CONNECT answered by %i %j fails with %j", async (status, headers, expected) => {
  const running = await kept(startConnectProxy({ refuse: { status, headers } }));
  const sent = post(proxyAt(`http://127.0.0.1:${running.port}`), "https://93.184.215.14");
  await expect(sent).rejects.toMatchObject(expected);
});

test.each([
  [1, { fault: "destination" }],
  [2, { fault: "destination" }],
  [3, { code: "ENETUNREACH" }],
  [4, { code: "EHOSTUNREACH" }],
  [5, { code: "ECONNREFUSED" }],
  [6, { code: "ETIMEDOUT" }],
  [7, { fault: "proxy" }],
  [8, { fault: "proxy" }],
  [99, { fault: "proxy" }],
])("SOCKS reply %i fails with %j", async (reply, expected) => {
  const running = await kept(startSocksProxy({ reply }));
  const sent = post(proxyAt(`socks5://127.0.0.1:${running.port}`), "https://93.184.215.14");
  await expect(sent).rejects.toMatchObject(expected);
});

test("a CONNECT that stays unanswered is a time-out of the endpoint, which the proxy is waiting for", async () => {
  const running = await kept(startConnectProxy({ silent: true }));
  const sent = post(proxyAt(`http://127.0.0.1:${running.port}`), "https://93.184.215.14");
  await expect(sent).rejects.toMatchObject({ code: "ETIMEDOUT" });
});

test("the next address is tried when the proxy reports that one refuses", async () => {
  const running = await kept(startSocksProxy({ reply: 5 }));
  const answers = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];
  const sent = post(
    proxyAt(`socks5://127.0.0.1:${running.port}`),
    "https://good.example.com",
    { allow: [] },
    answers,
  );
  await expect(sent).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(running.targets).toEqual(["93.184.215.14:443", "2606:2800:021f:cb07:6820:80da:af6b:8b2c:443"]);
});
