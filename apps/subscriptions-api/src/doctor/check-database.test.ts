import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { checkDatabase } from "./check-database.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function clockCheck(nowMs: () => number) {
  const checks = await checkDatabase(api.sql, nowMs);
  return checks.find(({ name }) => name === "database clock");
}

test.each([5_000, -5_000])("a clock that is %i ms off is found", async (offMs) => {
  expect(await clockCheck(() => Date.now() + offMs)).toMatchObject({ status: "failed" });
});

test("an answer that took long is no clock that is off", async () => {
  const askedAgo = [10_000, 0];
  expect(await clockCheck(() => Date.now() - askedAgo.shift()!)).toMatchObject({ status: "ok" });
});
