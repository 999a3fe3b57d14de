import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { gzipSync } from "node:zlib";
import { eventually, findFreePort, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench, type SubscriptionDraft } from "./testing/delivery-bench.ts";
import { type OddServer, serve } from "./testing/serve.ts";
import { type RunningDispatcher, startDispatcher } from "./testing/start-dispatcher.ts";

const attemptTimeoutMs = 600;
let bench: DeliveryBench;
let dispatcher: RunningDispatcher;
const servers: OddServer[] = [];

beforeAll(async () => {
  bench = await createDeliveryBench();
  dispatcher = await startDispatcher(bench, { attemptTimeoutMs });
});
afterAll(async () => {
  await dispatcher.stop();
  expect(await dispatcher.inFlight()).toBe(0);
  expect(dispatcher.errors).toEqual([]);
  await bench.close();
});
beforeEach(async () => {
  await bench.reset();
  return async () => void (await Promise.all(servers.splice(0).map((server) => server.close())));
});

/** Publishes one event to a subscription whose endpoint answers so; resolves when its delivery is finished. */
async function deliverTo(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  draft: SubscriptionDraft = {},
) {
  const server = await serve(answer);
  servers.push(server);
  return deliver({ url: `${server.url}/hook`, ...draft });
}

async function deliver(draft: SubscriptionDraft) {
  await bench.subscribe({ retriesMax: 0, ...draft });
  const eventId = await bench.publish();
  await bench.wake();
  const [delivery] = await eventually(async () => {
    const deliveries = await bench.deliveries(eventId);
    return deliveries.some(({ status }) => status === "delivered" || status === "failed") && deliveries;
  });
  return { eventId, delivery, attempts: await bench.attempts(eventId) };
}

const responseBody = async () => {
  const [row] = await bench.sql<{ id: string; response_body: Buffer | null }[]>`
    select id, response_body from attempts order by id limit 1`;
  if (!row?.response_body) return null;
  return bench.vault.open(bench.organizationId, `attempts:${row.id}`, row.response_body);
};

describe("an endpoint that fails", () => {
  test("is tried again by the schedule, with the same webhook-id every time, until it accepts", async () => {
    const receiver = await startReceiver({ answer: { status: 500, body: "no" } });
    await bench.subscribe({ url: receiver.url });
    const eventId = await bench.publish();
    await bench.wake();
    await receiver.waitFor(2);
    receiver.answer({ status: 204 });
    await eventually(async () => (await bench.deliveries(eventId))[0]?.status === "delivered");
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
    const { attempts, delivery } = await deliverTo((_, response) => response.writeHead(503).end(), {
      retriesMax: 2,
    });
    expect(delivery).toMatchObject({ status: "failed", attempts: 3 });
    expect(attempts.map(({ nextStep }) => nextStep)).toEqual(["retry", "retry", "failed"]);
    expect(attempts.at(-1)?.reason).toBe("answered 503; all 2 retries are used up");
  });

  test("is tried once when the subscription wants no retries", async () => {
    const { attempts, delivery } = await deliverTo((_, response) => response.writeHead(500).end(), {
      retryPolicy: "none",
      retriesMax: 7,
    });
    expect(attempts).toHaveLength(1);
    expect(delivery?.status).toBe("failed");
  });

  test("with 201 fails when only 200 counts", async () => {
    const { delivery } = await deliverTo((_, response) => response.writeHead(201).end(), {
      successCodes: "200",
    });
    expect(delivery?.status).toBe("failed");
  });

  test("because nobody listens is a refused connection", async () => {
    const { attempts } = await deliver({ url: `http://127.0.0.1:${await findFreePort()}/` });
    expect(attempts).toMatchObject([{ outcome: "network_connect", status: null }]);
  });

  test("because it does not speak TLS is a TLS fault", async () => {
    const server = await serve((_, response) => response.end());
    servers.push(server);
    const { attempts } = await deliver({ url: server.url.replace("http:", "https:") });
    expect(attempts).toMatchObject([{ outcome: "network_tls", status: null }]);
    expect(server.requests()).toBe(0);
  });

  test.each([
    "http://10.1.2.3/hook",
    "https://169.254.169.254/latest",
    "http://127.0.0.1:22/",
    "https://[::ffff:10.0.0.1]/",
  ])("because its address is not allowed (%s) is refused before a socket opens", async (url) => {
    const { attempts } = await deliver({ url });
    expect(attempts).toMatchObject([{ outcome: "not_allowed", status: null }]);
  });
});

describe("an endpoint that is slow", () => {
  test("to answer at all is given up at the deadline, and the attempt says so", async () => {
    const { attempts } = await deliverTo(() => {});
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null, nextStep: "failed" }]);
    expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(attemptTimeoutMs);
    expect(attempts[0]?.durationMs).toBeLessThan(attemptTimeoutMs * 4);
  });

  test("to answer the TLS handshake is given up at the deadline", async () => {
    const silent = createNetServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    const { attempts } = await deliver({ url: `https://127.0.0.1:${port}/` });
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null }]);
    silent.close();
  });

  test("with its headers is given up at the deadline", async () => {
    const { attempts } = await deliverTo((_, response) => {
      const socket = response.socket;
      socket?.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket?.write("x-drip: 1\r\n"), 50);
      socket?.on("close", () => clearInterval(drip)).on("error", () => {});
    });
    expect(attempts).toMatchObject([{ outcome: "timeout", status: null }]);
  });

  test("with its body ends at the deadline too, and its status counts", async () => {
    const { attempts, delivery } = await deliverTo((_, response) => {
      response.writeHead(200).write("thanks");
      const drip = setInterval(() => response.write("."), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect(delivery?.status).toBe("delivered");
    expect(attempts).toMatchObject([{ outcome: "http_2xx", status: 200 }]);
    expect(attempts[0]?.durationMs).toBeLessThan(attemptTimeoutMs * 4);
    expect((await responseBody())?.toString()).toMatch(/^thanks\.+$/);
  });
});

describe("an answer", () => {
  test("without an end is cut off after 64 KiB, 4 KiB of it are kept, and its status counts", async () => {
    let sentBytes = 0;
    const chunk = Buffer.alloc(16_384, "a");
    const { delivery } = await deliverTo((_, response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) sentBytes += chunk.length;
      };
      response.on("drain", pour);
      pour();
    });
    expect(delivery?.status).toBe("delivered");
    expect(await responseBody()).toHaveLength(4_096);
    expect(sentBytes).toBeLessThan(64 * 1_048_576);
  });

  test("announced as 1 GB is not waited for", async () => {
    const { delivery, attempts } = await deliverTo((_, response) => {
      response.writeHead(500, { "content-length": "1073741824" });
      response.write(Buffer.alloc(131_072, "b"));
    });
    expect(delivery?.status).toBe("failed");
    expect(attempts).toMatchObject([{ status: 500 }]);
    expect(attempts[0]?.durationMs).toBeLessThan(attemptTimeoutMs);
  });

  test("whose connection is reset after the status line counts by its status", async () => {
    const { attempts, delivery } = await deliverTo((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
    });
    expect(delivery?.status).toBe("delivered");
    expect(attempts).toMatchObject([{ outcome: "http_2xx", status: 200 }]);
  });

  test("whose connection is reset before the status line is a broken connection", async () => {
    const { attempts } = await deliverTo((_, response) => response.socket?.resetAndDestroy());
    expect(attempts).toMatchObject([{ outcome: "network_reset", status: null }]);
  });

  test("that is not HTTP is a protocol fault", async () => {
    const { attempts } = await deliverTo((_, response) =>
      response.socket?.write("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    );
    expect(attempts).toMatchObject([{ outcome: "network_protocol", status: null }]);
  });

  test("with 200 KB of headers is a protocol fault", async () => {
    const { attempts } = await deliverTo((_, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nx-big: ${"x".repeat(200_000)}\r\n\r\n`);
    });
    expect(attempts).toMatchObject([{ outcome: "network_protocol", status: null }]);
  });

  test.each([301, 302, 307, 308])("that redirects (%i) fails, and nobody goes there", async (status) => {
    const sink = await startReceiver();
    const { attempts } = await deliverTo((_, response) =>
      response.writeHead(status, { location: `${sink.url}/elsewhere` }).end(),
    );
    expect(attempts).toMatchObject([{ outcome: "http_3xx", status, nextStep: "failed" }]);
    expect(sink.total()).toBe(0);
    await sink.close();
  });

  test("that is compressed is kept as it came", async () => {
    const packed = gzipSync(Buffer.alloc(1_000_000));
    await deliverTo((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(packed));
    expect(packed.subarray(0, 4_096).equals((await responseBody()) as Buffer)).toBe(true);
  });

  test("preceded by 103 Early Hints counts by its final status", async () => {
    const { attempts } = await deliverTo((_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(202).end();
    });
    expect(attempts).toMatchObject([{ status: 202, nextStep: "delivered" }]);
  });

  test("of 410 disables the endpoint: what waits and what comes is held", async () => {
    const server = await serve((_, response) => response.writeHead(410).end());
    servers.push(server);
    const { id } = await bench.subscribe({ url: server.url });
    const first = await bench.publish();
    await bench.wake();
    await eventually(async () => (await bench.sql`select id from subscriptions where not active`).length);
    const second = await bench.publish();
    await bench.wake();
    await eventually(async () => (await bench.deliveries(second))[0]?.status === "held");
    expect((await bench.deliveries(first))[0]).toMatchObject({
      subscriptionId: id,
      status: "failed",
      attempts: 1,
    });
    expect((await bench.attempts(first))[0]).toMatchObject({ status: 410, nextStep: "disable" });
    expect(server.requests()).toBe(1);
  });

  test("of 429 with Retry-After is waited for and uses up no retry", async () => {
    let calls = 0;
    const { attempts } = await deliverTo(
      (_, response) => {
        calls++;
        response.writeHead(calls === 1 ? 429 : 200, { "retry-after": "1" }).end();
      },
      { retriesMax: 0 },
    );
    expect(attempts.map(({ nextStep }) => nextStep)).toEqual(["retry", "delivered"]);
  });
});

test("healthy endpoints keep flowing while others hang", async () => {
  const hanging = await serve(() => {});
  const healthy = await startReceiver();
  servers.push(hanging);
  for (let i = 0; i < 10; i++) await bench.subscribe({ url: `${hanging.url}/${i}`, events: ["order.stuck"] });
  for (let i = 0; i < 3; i++) await bench.subscribe({ url: `${healthy.url}/${i}`, events: ["order.paid"] });
  for (let i = 0; i < 30; i++) await bench.publish({ type: "order.stuck" });
  await bench.wake();
  await eventually(() => hanging.requests() >= 10);
  await bench.publishMany(100);
  await bench.wake();
  await healthy.waitFor(300);
  expect(await bench.sql`select id from deliveries where status = 0`).not.toHaveLength(0);
  await healthy.close();
});
