import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  findFreePort,
  findRedisServer,
  type Receiver,
  startProcess,
  startReceiver,
  startRedis,
  startTcpProxy,
} from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDeliveryBench, type DeliveryBench } from "./testing/delivery-bench.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));
const keyEncryptionKeys = `k1:${randomBytes(32).toString("base64")}`;
let bench: DeliveryBench;
let receiver: Receiver;

beforeAll(async () => {
  bench = await createDeliveryBench({ keyEncryptionKeys });
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  return () => receiver.close();
});

async function startMain(env: Record<string, string> = {}) {
  const port = await findFreePort();
  return startProcess({
    entry,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      PORT: String(port),
      DATABASE_URL: bench.url,
      REDIS_URL: "",
      CAREWIRE_ENV: "local",
      KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
      LOG_LEVEL: "info",
      SHUTDOWN_TIMEOUT_MS: "3000",
      ...env,
    },
  });
}

test("the process delivers, logs attempts without addresses or data, and leaves on SIGTERM with code 0", async () => {
  const program = await startMain({ SHUTDOWN_TIMEOUT_MS: "60000" });
  const { secrets } = await bench.subscribe({ url: `${receiver.url}/hook?token=hidden-token` });
  receiver.answer({ status: 200, body: "hidden-answer" });
  await bench.publish({ data: '{"name":"hidden-patient"}' });
  await bench.wake();
  await receiver.waitFor(1, patienceMs);
  await waitUntil(() => program.output().includes('"msg":"attempt"'));
  program.kill("SIGTERM");
  expect(await program.exited).toEqual({ code: 0, signal: null });
  const output = program.output();
  expect(output).toContain('"next_step":"delivered"');
  for (const secret of ["hidden-", "token=", secrets[0] ?? "", keyEncryptionKeys]) {
    expect(output).not.toContain(secret);
  }
});

test("the process leaves within its time when the database is away and an outcome cannot be recorded", async () => {
  const address = new URL(bench.url);
  const proxy = await startTcpProxy({ target: { port: Number(address.port) } });
  address.port = String(proxy.port);
  const program = await startMain({ DATABASE_URL: address.toString() });
  receiver.answer({ delayMs: 200 });
  await bench.subscribe({ url: receiver.url });
  await bench.publish();
  await bench.wake();
  await receiver.waitFor(1, patienceMs);
  proxy.cut();
  const startedMs = performance.now();
  program.kill("SIGTERM");
  expect(await program.exited).toMatchObject({ code: 1 });
  // Not the default of twenty seconds.
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  await proxy.close();
});

test("a lease that ends before its attempt keeps the process from starting, and the reason says what to change", async () => {
  const settings = { LEASE_SECONDS: "15", ATTEMPT_TIMEOUT_MS: "15000" };
  await expect(startMain(settings)).rejects.toThrow(/LEASE_SECONDS: must outlive .*ATTEMPT_TIMEOUT_MS/);
});

test("a proxy that is none keeps the process from starting, without its password being shown", async () => {
  const failure = await startMain({ EGRESS_PROXY_URL: "ftp://user:hidden@proxy" }).catch(String);
  expect(failure).toMatch(/EGRESS_PROXY_URL: must be http/);
  expect(failure).not.toContain("hidden");
});

test.skipIf(findRedisServer() === undefined)(
  "a Redis that evicts keys keeps the process from starting, and the reason says how to change it",
  async () => {
    const redis = await startRedis({ args: ["--maxmemory-policy", "volatile-lru"] });
    await expect(startMain({ REDIS_URL: redis.url })).rejects.toThrow(/maxmemory-policy noeviction/);
    await redis.remove();
  },
  120_000,
);
