import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { findFreePort, startProcess, startReceiver } from "@carewire/testkit";
import { expect, test } from "vitest";
import { createDeliveryBench } from "./testing/delivery-bench.ts";
import { patienceMs, waitUntil } from "./testing/wait-until.ts";

const canaries = ["canary-plain-authorization", "canary-sensitive", "canary-cookie", "canary-signing"];

test("secrets of a subscription reach its endpoint, and no row, log line or metric, even if the endpoint sends them back", async () => {
  const keyEncryptionKeys = `k1:${randomBytes(32).toString("base64")}`;
  const bench = await createDeliveryBench({ keyEncryptionKeys });
  const receiver = await startReceiver();
  const port = await findFreePort();
  const program = await startProcess({
    entry: fileURLToPath(new URL("./main.ts", import.meta.url)),
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      PORT: String(port),
      DATABASE_URL: bench.url,
      REDIS_URL: "",
      CAREWIRE_ENV: "local",
      KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
      LOG_LEVEL: "debug",
      RETRY_SCHEDULE_MS: "50",
    },
  });
  const [authorization, sensitive, cookie, signing] = canaries as [string, string, string, string];
  receiver.answer(({ headers }) => ({
    status: receiver.total() < 2 ? 500 : 200,
    headers: { "x-echo": `${headers["x-api-key"]} ${headers.authorization}`, "set-cookie": headers.cookie },
    body: JSON.stringify(headers),
  }));
  await bench.subscribe({
    url: receiver.url,
    scheme: "eka",
    secrets: [signing],
    headers: { authorization: `Bearer ${authorization}`, "x-tenant": "clinic-7" },
    sensitiveHeaders: { "x-api-key": sensitive, cookie: `session=${cookie}` },
  });
  const eventId = await bench.publish();
  await bench.wake();
  const [request] = await receiver.waitFor(2, patienceMs);
  expect(request?.headers).toMatchObject({
    authorization: `Bearer ${authorization}`,
    "x-api-key": sensitive,
    cookie: `session=${cookie}`,
    "x-tenant": "clinic-7",
  });
  await waitUntil(async () => (await bench.deliveries(eventId))[0]?.status === "delivered");

  const attempts = await bench.sql<{ request_headers: string; response_headers: string; line: string }[]>`
    select request_headers, response_headers, attempts::text line from attempts order by id`;
  expect(attempts).toHaveLength(2);
  expect(attempts[0]?.request_headers).toMatch(
    /\nx-tenant: clinic-7\nauthorization: \*\*\*\nx-api-key: \*\*\*\ncookie: \*\*\*\n$/,
  );
  expect(attempts[0]?.response_headers).toContain("x-echo: *** ***");
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
  expect(metrics).toContain("carewire_");
  program.kill("SIGTERM");
  await program.exited;
  expect(program.output()).toContain('"msg":"attempt"');
  for (const canary of canaries) {
    const hex = Buffer.from(canary).toString("hex");
    for (const text of [program.output(), metrics, ...attempts.map(({ line }) => line)]) {
      expect(text.includes(canary) || text.includes(hex), canary).toBe(false);
    }
  }
  await receiver.close();
  await bench.close();
});
