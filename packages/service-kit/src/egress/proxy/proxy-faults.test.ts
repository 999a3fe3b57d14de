import { createTestAuthority, findFreePort, startConnectProxy, startSocksProxy } from "@carewire/testkit";
import { afterEach, expect, test } from "vitest";
import { cleanUp, impatientMs, kept, post, proxyAt, startRaw } from "./testing/proxy-bench.ts";

afterEach(cleanUp);

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
    const port = await startRaw((socket) => void socket.write("220 smtp ready\r\n\r\n\r\n"));
    const proxy = proxyAt(`${scheme}://127.0.0.1:${port}`);
    await expect(post(proxy, "https://93.184.215.14")).rejects.toMatchObject({ fault: "proxy" });
  },
);

test("a SOCKS5 proxy that takes the connection and says nothing is at fault itself", async () => {
  const port = await startRaw(() => {});
  const proxy = proxyAt(`socks5://127.0.0.1:${port}`);
  await expect(post(proxy, "https://93.184.215.14", {}, [], impatientMs)).rejects.toMatchObject({
    fault: "proxy",
  });
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
  const proxy = proxyAt(`http://127.0.0.1:${running.port}`);
  const sent = post(proxy, "https://93.184.215.14", {}, [], impatientMs);
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
