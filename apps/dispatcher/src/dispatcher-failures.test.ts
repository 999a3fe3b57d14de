import { type AddressInfo, createServer as createNetServer } from "node:net";
import { findFreePort, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";
import { withDispatcher } from "./testing/with-dispatcher.ts";

const attemptTimeoutMs = 2_000;
let bench: DeliveryBench;
let oneShots: OneShots;

beforeAll(async () => {
  bench = await createDeliveryBench();
  oneShots = createOneShots(bench);
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  return () => oneShots.closeServers();
});

describe("an endpoint that fails", () => {
  withDispatcher(() => bench);

  test("is tried again by the schedule, with the same webhook-id every time, until it accepts", async () => {
    const receiver = await startReceiver({ answer: { status: 500, body: "no" } });
    await bench.subscribe({ url: receiver.url });
    const eventId = await bench.publish();
    await bench.wake();
    await receiver.waitFor(2, patienceMs);
    receiver.answer({ status: 204 });
    await waitUntil(async () => (await bench.deliveries(eventId))[0]?.status === "delivered");
    const requests = receiver.requests();
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
    const attempts = await bench.attempts(eventId);
    expect(attempts.map(({ n }) => n)).toEqual(requests.map((_, i) => i + 1));
    expect(attempts.at(0)).toMatchObject({ outcome: "http_5xx", status: 500, nextStep: "retry" });
    expect(attempts.at(-1)).toMatchObject({ outcome: "http_2xx", status: 204, nextStep: "delivered" });
    expect(await bench.deliveries(eventId)).toMatchObject([{ attempts: requests.length }]);
    await receiver.close();
  });

  test("is given up after its retries, and the last attempt says why", async () => {
    const { attempts, delivery } = await oneShots.deliverTo((_, response) => response.writeHead(503).end(), {
      retriesMax: 2,
    });
    expect(delivery).toMatchObject({ status: "failed", attempts: 3 });
    expect(attempts.map(({ nextStep }) => nextStep)).toEqual(["retry", "retry", "failed"]);
    expect(attempts.at(-1)?.reason).toBe("answered 503; all 2 retries are used up");
  });

  test("is tried once when the subscription wants no retries", async () => {
    const { attempts, delivery } = await oneShots.deliverTo((_, response) => response.writeHead(500).end(), {
      retryPolicy: "none",
      retriesMax: 7,
    });
    expect(attempts).toHaveLength(1);
    expect(delivery?.status).toBe("failed");
  });

  test("with 201 fails when only 200 counts", async () => {
    const { delivery } = await oneShots.deliverTo((_, response) => response.writeHead(201).end(), {
      successCodes: "200",
    });
    expect(delivery?.status).toBe("failed");
  });

  test("because nobody listens is a refused connection", async () => {
    const { attempts } = await oneShots.deliver({ url: `http://127.0.0.1:${await findFreePort()}/` });
    expect(attempts).toMatchObject([{ outcome: "network_connect", status: null }]);
  });

  test("because it does not speak TLS is a TLS fault", async () => {
    const server = await oneShots.serve((_, response) => response.end());
    const { attempts } = await oneShots.deliver({ url: server.url.replace("http:", "https:") });
    expect(attempts).toMatchObject([{ outcome: "network_tls", status: null }]);
    expect(server.requests()).toBe(0);
  });

  test.each([
    "http://10.1.2.3/hook",
    "https://169.254.169.254/latest",
    "http://127.0.0.1:22/",
    "https://[::ffff:10.0.0.1]/",
  ])("because its address is not allowed (%s) is refused before a socket opens", async (url) => {
    const { attempts } = await oneShots.deliver({ url });
    expect(attempts).toMatchObject([{ outcome: "not_allowed", status: null }]);
  });
});

describe("an endpoint that is slow", () => {
  withDispatcher(() => bench, { attemptTimeoutMs });

  test("to answer at all is given up at the deadline, and the attempt says so", async () => {
    const { attempts } = await oneShots.deliverTo(() => {});
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null, nextStep: "failed" }]);
    expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(attemptTimeoutMs);
    expect(attempts[0]?.durationMs).toBeLessThan(60_000);
  });

  test("to answer the TLS handshake is given up at the deadline", async () => {
    const silent = createNetServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const { attempts } = await oneShots.deliver({ url: `https://127.0.0.1:${port}/` });
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null }]);
    silent.close();
  });

  test("with its headers is given up at the deadline", async () => {
    const { attempts } = await oneShots.deliverTo((_, response) => {
      const socket = response.socket;
      socket?.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket?.write("x-drip: 1\r\n"), 50);
      socket?.on("close", () => clearInterval(drip)).on("error", () => {});
    });
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null }]);
  });

  test("to answer at all keeps no healthy one from flowing", async () => {
    const hanging = await oneShots.serve(() => {});
    const healthy = await startReceiver();
    for (let i = 0; i < 10; i++)
      await bench.subscribe({ url: `${hanging.url}/${i}`, events: ["order.stuck"] });
    for (let i = 0; i < 3; i++) await bench.subscribe({ url: `${healthy.url}/${i}`, events: ["order.paid"] });
    for (let i = 0; i < 30; i++) await bench.publish({ type: "order.stuck" });
    await bench.wake();
    await waitUntil(() => hanging.requests() >= 10);
    await bench.publishMany(100);
    await bench.wake();
    await healthy.waitFor(300, patienceMs);
    expect(await bench.sql`select id from deliveries where status = 0`).not.toHaveLength(0);
    await healthy.close();
  });
});
