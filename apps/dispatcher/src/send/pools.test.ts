import { eventually } from "@carewire/testkit";
import { buildConnector } from "undici";
import { expect, test, vi } from "vitest";
import { serve } from "../testing/serve.ts";
import { createPools } from "./pools.ts";

const connector = buildConnector({ timeout: 30_000 });
const connectorWith = vi.fn(() => buildConnector({ timeout: 30_000 }));

test("an origin keeps its pool while it is used, and loses it when it had nothing to do", async () => {
  const pools = createPools({ connector, connectorWith, connectionsMax: 2, originsMax: 10 });
  const first = pools.of("http://127.0.0.1:1", null);
  for (let i = 0; i < 5; i++) {
    expect(pools.of("http://127.0.0.1:1", null)).toBe(first);
    pools.sweep();
  }
  pools.of("http://127.0.0.1:2", null);
  for (let i = 0; i < 3; i++) {
    pools.sweep();
    pools.of("http://127.0.0.1:2", null);
  }
  expect(pools.size()).toBe(1);
  expect(pools.of("http://127.0.0.1:1", null)).not.toBe(first);
  await pools.close();
});

test("no more origins are kept than allowed", async () => {
  const pools = createPools({ connector, connectorWith, connectionsMax: 2, originsMax: 3 });
  for (let port = 1; port <= 50; port++) pools.of(`http://127.0.0.1:${port}`, null);
  expect(pools.size()).toBe(3);
  await pools.close();
  expect(pools.size()).toBe(0);
});

test("a pool that has to go finishes the request it is busy with", async () => {
  const server = await serve((_, response) => setTimeout(() => response.end("done"), 50));
  const pools = createPools({ connector, connectorWith, connectionsMax: 2, originsMax: 1 });
  const request = pools.of(server.url, null).request({ method: "POST", path: "/", body: "{}" });
  pools.of("http://127.0.0.1:1", null);
  const { body } = await request;
  expect(await body.text()).toBe("done");
  await pools.close();
  await server.close();
});

test("an identity has pools of its own, which nobody else gets, and a connector of its own for each", async () => {
  const pools = createPools({ connector, connectorWith, connectionsMax: 2, originsMax: 10 });
  const [a, b] = ["a", "b"].map((id) => ({ id, certificate: "same", key: "same" }));
  if (!a || !b) throw new Error("two were made");
  const own = pools.of("https://127.0.0.1:1", a);
  expect(pools.of("https://127.0.0.1:1", { ...a })).toBe(own);
  const others = [
    pools.of("https://127.0.0.1:1", b),
    pools.of("https://127.0.0.1:1", null),
    pools.of("https://127.0.0.1:2", a),
  ];
  expect(new Set([own, ...others]).size).toBe(4);
  expect(connectorWith).toHaveBeenCalledTimes(3);
  await pools.close();
});

test("a burst to an https origin opens its connections side by side, not after the first of them", async () => {
  let asked = 0;
  const pools = createPools({
    connector: () => void asked++,
    connectorWith,
    connectionsMax: 4,
    originsMax: 1,
  });
  const pool = pools.of("https://a.example", null);
  for (let n = 0; n < 6; n++) void pool.request({ path: "/", method: "POST" }).catch(() => {});
  await eventually(() => asked >= 4);
  expect(asked).toBe(4);
  await pool.destroy();
});
