import { gzipSync } from "node:zlib";
import { startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createOneShots, type OneShots } from "./testing/deliver-once.ts";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { waitUntil } from "./testing/wait-until.ts";
import { withDispatcher } from "./testing/with-dispatcher.ts";

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

const responseBody = async () => {
  const [row] = await bench.sql<{ id: string; response_body: Buffer | null }[]>`
    select id, response_body from attempts order by id limit 1`;
  if (!row?.response_body) return null;
  return bench.vault.open(bench.organizationId, `attempts:${row.id}`, row.response_body);
};

describe("an answer, at the deadline,", () => {
  // Its first bytes come before it on a busy machine, too.
  withDispatcher(() => bench, { attemptTimeoutMs: 4_000 });

  test("whose body drips ends, and its status counts", async () => {
    const { attempts, delivery } = await oneShots.deliverTo((_, response) => {
      response.writeHead(200).write("thanks");
      const drip = setInterval(() => response.write("."), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect(delivery?.status).toBe("delivered");
    expect(attempts).toMatchObject([{ outcome: "http_2xx", status: 200 }]);
    expect((await responseBody())?.toString()).toMatch(/^thanks\.+$/);
  });
});

describe("an answer", () => {
  const attemptTimeoutMs = 30_000;
  withDispatcher(() => bench, { attemptTimeoutMs });

  test("without an end is cut off after 64 KiB, 4 KiB of it are kept, and its status counts", async () => {
    let sentBytes = 0;
    const chunk = Buffer.alloc(16_384, "a");
    const { delivery } = await oneShots.deliverTo((_, response) => {
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
    const { delivery, attempts } = await oneShots.deliverTo((_, response) => {
      response.writeHead(500, { "content-length": "1073741824" });
      response.write(Buffer.alloc(131_072, "b"));
    });
    expect(delivery?.status).toBe("failed");
    expect(attempts).toMatchObject([{ status: 500 }]);
    expect(attempts[0]?.durationMs).toBeLessThan(attemptTimeoutMs);
  });

  test("whose connection is reset after the status line counts by its status", async () => {
    const { attempts, delivery } = await oneShots.deliverTo((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
    });
    expect(delivery?.status).toBe("delivered");
    expect(attempts).toMatchObject([{ outcome: "http_2xx", status: 200 }]);
  });

  test("whose connection is reset before the status line is a broken connection", async () => {
    const { attempts } = await oneShots.deliverTo((_, response) => response.socket?.resetAndDestroy());
    expect(attempts).toMatchObject([{ outcome: "network_reset", status: null }]);
  });

  test("that is not HTTP is a protocol fault", async () => {
    const { attempts } = await oneShots.deliverTo((_, response) =>
      response.socket?.write("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    );
    expect(attempts).toMatchObject([{ outcome: "network_protocol", status: null }]);
  });

  test("with 200 KB of headers is a protocol fault", async () => {
    const { attempts } = await oneShots.deliverTo((_, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nx-big: ${"x".repeat(200_000)}\r\n\r\n`);
    });
    expect(attempts).toMatchObject([{ outcome: "network_protocol", status: null }]);
  });

  test.each([301, 302, 307, 308])("that redirects (%i) fails, and nobody goes there", async (status) => {
    const sink = await startReceiver();
    const { attempts } = await oneShots.deliverTo((_, response) =>
      response.writeHead(status, { location: `${sink.url}/elsewhere` }).end(),
    );
    expect(attempts).toMatchObject([{ outcome: "http_3xx", status, nextStep: "failed" }]);
    expect(sink.total()).toBe(0);
    await sink.close();
  });

  test("that is compressed is kept as it came", async () => {
    const packed = gzipSync(Buffer.alloc(1_000_000));
    await oneShots.deliverTo((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
    );
    expect(packed.subarray(0, 4_096).equals((await responseBody()) as Buffer)).toBe(true);
  });

  test("preceded by 103 Early Hints counts by its final status", async () => {
    const { attempts } = await oneShots.deliverTo((_, response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(202).end();
    });
    expect(attempts).toMatchObject([{ status: 202, nextStep: "delivered" }]);
  });

  test("of 410 disables the endpoint: what waits and what comes is held", async () => {
    const server = await oneShots.serve((_, response) => response.writeHead(410).end());
    const { id } = await bench.subscribe({ url: server.url });
    const first = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.sql`select id from subscriptions where not active`).length);
    const second = await bench.publish();
    await bench.wake();
    await waitUntil(async () => (await bench.deliveries(second))[0]?.status === "held");
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
    const { attempts } = await oneShots.deliverTo(
      (_, response) => {
        calls++;
        response.writeHead(calls === 1 ? 429 : 200, { "retry-after": "1" }).end();
      },
      { retriesMax: 0 },
    );
    expect(attempts.map(({ nextStep }) => nextStep)).toEqual(["retry", "delivered"]);
  });
});
