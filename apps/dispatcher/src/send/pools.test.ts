import { buildConnector } from "undici";
import { expect, test } from "vitest";
import { serve } from "../testing/serve.ts";
import { createPools } from "./pools.ts";

const connector = buildConnector({ timeout: 1_000 });

test("an origin keeps its pool while it is used, and loses it when it had nothing to do", async () => {
  const pools = createPools({ connector, connectionsMax: 2, originsMax: 10 });
  const first = pools.of("http://127.0.0.1:1");
  for (let i = 0; i < 5; i++) {
    expect(pools.of("http://127.0.0.1:1")).toBe(first);
    pools.sweep();
  }
  pools.of("http://127.0.0.1:2");
  for (let i = 0; i < 3; i++) {
    pools.sweep();
    pools.of("http://127.0.0.1:2");
  }
  expect(pools.size()).toBe(1);
  expect(pools.of("http://127.0.0.1:1")).not.toBe(first);
  await pools.close();
});

test("no more origins are kept than allowed", async () => {
  const pools = createPools({ connector, connectionsMax: 2, originsMax: 3 });
  for (let port = 1; port <= 50; port++) pools.of(`http://127.0.0.1:${port}`);
  expect(pools.size()).toBe(3);
  await pools.close();
  expect(pools.size()).toBe(0);
});

test("a pool that has to go finishes the request it is busy with", async () => {
  const server = await serve((_, response) => setTimeout(() => response.end("done"), 50));
  const pools = createPools({ connector, connectionsMax: 2, originsMax: 1 });
  const request = pools.of(server.url).request({ method: "POST", path: "/", body: "{}" });
  pools.of("http://127.0.0.1:1");
  const { body } = await request;
  expect(await body.text()).toBe("done");
  await pools.close();
  await server.close();
});
