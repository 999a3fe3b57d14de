import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { organizationId, startTestIngress } from "./testing/start-test-ingress.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
});
afterAll(() => database.drop());

/** What an ingress whose clock is so much ahead logs and measures while it is asked three times if it is ready. */
async function observe(aheadMs: number): Promise<{ told: string[]; skewSeconds: number }> {
  const lines: string[] = [];
  const logger = createLogger({ service: "test", destination: { write: (line) => void lines.push(line) } });
  const clock = { now: () => Date.now() + aheadMs };
  const service = await startTestIngress(database.serviceUrl, {}, clock, logger);
  for (let asked = 0; asked < 3; asked++) {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  }
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  await service.stop();
  const told = lines.filter((line) => line.includes("clock"));
  return { told, skewSeconds: Number(/^carewire_clock_skew_seconds\S* (\S+)$/m.exec(metrics)?.[1]) };
}

test("an ingress whose clock is ten minutes ahead says so once and in its metrics, and stays ready", async () => {
  const { told, skewSeconds } = await observe(600_000);
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] ?? "")).toMatchObject({
    level: "error",
    err: { message: expect.stringContaining("s apart") },
  });
  expect(skewSeconds).toBeGreaterThan(300);
});

test("an ingress whose clock is right says nothing of it", async () => {
  const { told, skewSeconds } = await observe(0);
  expect(told).toEqual([]);
  expect(skewSeconds).toBeLessThan(2);
});
