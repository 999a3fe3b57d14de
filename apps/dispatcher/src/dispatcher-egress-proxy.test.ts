import { parseEgressProxy } from "@carewire/service-kit";
import {
  type ForwardProxy,
  findFreePort,
  startConnectProxy,
  startReceiver,
  startSocksProxy,
  startTcpProxy,
} from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";
import { waitUntil } from "./testing/wait-until.ts";

let bench: DeliveryBench;

beforeAll(async () => {
  bench = await createDeliveryBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const behind = (proxyUrl: string): Promise<RunningDispatcher> =>
  startDispatcher(bench, {
    egress: { policy: { environment: "local" }, proxy: parseEgressProxy(proxyUrl) },
  });

const firstAttempt = async (eventId: string) => waitUntil(async () => (await bench.attempts(eventId)).at(0));

test.each([
  ["http", startConnectProxy],
  ["socks5", startSocksProxy],
])("a %s proxy that is away costs no retry, and deliveries follow when it is back", async (scheme, start) => {
  const receiver = await startReceiver();
  const proxy: ForwardProxy = await start();
  const line = await startTcpProxy({ target: { port: proxy.port } });
  line.cut();
  const dispatcher = await behind(`${scheme}://user:hidden@127.0.0.1:${line.port}`);
  const { id } = await bench.subscribe({ url: receiver.url, retryPolicy: "none" });
  const eventId = await bench.publish();
  await bench.wake();
  const attempt = await firstAttempt(eventId);
  expect(attempt).toMatchObject({ outcome: "proxy_failed", status: null, nextStep: "retry" });
  expect(attempt.reason).toMatch(/egress proxy.*; not counted as an attempt of the endpoint, again soon$/);
  expect(await bench.deliveries(eventId)).toMatchObject([{ status: "pending" }]);
  const [queued] = await bench.sql`select retries from delivery_queue`;
  expect(queued?.retries).toBe(0);

  line.restore();
  await waitUntil(async () => (await bench.deliveries(eventId))[0]?.status === "delivered");
  expect(receiver.total()).toBe(1);
  expect(proxy.targets.at(-1)).toBe(`127.0.0.1:${receiver.port}`);
  const [subscription] = await bench.sql`select active from subscriptions where id = ${id}`;
  expect(subscription?.active).toBe(true);
  expect(dispatcher.errors[0]).toMatch(/^egress proxy: /);
  expect(JSON.stringify([dispatcher.attempts, dispatcher.errors])).not.toContain("hidden");
  await dispatcher.stop();
  await Promise.all([line.close(), proxy.close(), receiver.close()]);
});

test.each([
  [
    "407",
    () => startConnectProxy({ credentials: "other:secret" }),
    "http",
    /refused our credentials \(407\)/,
  ],
  ["503", () => startConnectProxy({ refuse: { status: 503 } }), "http", /answered 503 to CONNECT/],
  ["a SOCKS failure", () => startSocksProxy({ reply: 1 }), "socks5", /SOCKS Failure/],
])("a proxy that answers %s is to blame, not the endpoint", async (_what, start, scheme, reason) => {
  const proxy = await start();
  const dispatcher = await behind(`${scheme}://127.0.0.1:${proxy.port}`);
  await bench.subscribe({ url: "http://127.0.0.1:65000/", retryPolicy: "none" });
  const eventId = await bench.publish();
  await bench.wake();
  const attempt = await firstAttempt(eventId);
  expect(attempt).toMatchObject({ outcome: "proxy_failed", nextStep: "retry" });
  expect(attempt.reason).toMatch(reason);
  await dispatcher.stop();
  await proxy.close();
});

test("an endpoint that a SOCKS proxy reports as refusing is at fault itself, after a second try", async () => {
  const proxy = await startSocksProxy();
  const port = await findFreePort();
  const dispatcher = await behind(`socks5://127.0.0.1:${proxy.port}`);
  await bench.subscribe({ url: `http://127.0.0.1:${port}/`, retryPolicy: "none" });
  const eventId = await bench.publish();
  await bench.wake();
  expect(await firstAttempt(eventId)).toMatchObject({ outcome: "network_connect", nextStep: "failed" });
  expect(proxy.targets).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
  await dispatcher.stop();
  await proxy.close();
});
