import { connect } from "node:net";
import { migrations } from "@carewire/db";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningService } from "../service/run-service.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";
import { organizationId, post, signedHeaders, startTestIngress } from "./testing/start-test-ingress.ts";

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestIngress(database.serviceUrl);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const body = `{"id":"slow","pad":"${"x".repeat(500)}"}`;
const head = `POST ${ledgerProvider.path} HTTP/1.1\r\nhost: x\r\n`;
const headers = Object.entries(signedHeaders(body)).map(([name, value]) => `${name}: ${value}\r\n`);

// Both at once: each waits for the limits that really hold.
test.concurrent.each([
  ["headers", `${head}x-slow: `],
  ["body", `${head}${headers.join("")}content-length: ${body.length}\r\n\r\n${body.slice(0, 100)}`],
])(
  "a sender whose %s drip is answered 408 within 16 s, while others are served and nothing is stored",
  async (name, start) => {
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("error", () => {});
    socket.write(start);
    const drip = setInterval(() => socket.write("x"), 200);
    // Counted by a timer beside the server's own: what holds up the whole process counts for neither.
    let tenthsOfSeconds = 0;
    const counting = setInterval(() => void tenthsOfSeconds++, 100);
    try {
      await eventually(() => received !== "", { intervalMs: 100 });
      expect(tenthsOfSeconds).toBeLessThan(160);
      expect(received).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/);
      expect((await post(service.url, `{"id":"quick-${name}"}`)).status).toBe(200);
      const rows = await database.sql`select from inbound_requests where external_id = 'slow'`;
      expect(rows).toHaveLength(0);
    } finally {
      clearInterval(drip);
      clearInterval(counting);
      socket.destroy();
    }
  },
);
