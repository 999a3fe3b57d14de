import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

test.each([
  ["an unknown operator", { amount: { $regex: "^1" } }, "filter.amount.$regex"],
  ["a mistake deep inside", { $or: [{ a: 1 }, { "b.c": { $in: [] } }] }, "filter.$or[1].b.c.$in"],
  ["no condition", {}, "filter"],
])("a subscription with %s in its filter is refused, and told where", async (_name, filter, path) => {
  const body = { name: "filtered", url: "https://hooks.example.com/in", filter };
  const answer = await api.send("POST", "/v1/subscriptions", { body });
  expect([answer.status, answer.body.code]).toEqual([422, "validation_failed"]);
  expect(answer.body.errors).toMatchObject([{ path }]);
});

test("a condition on __proto__ is refused: dropped on the way, it would leave a filter that lets more through", async () => {
  const filter = JSON.parse('{"__proto__": 1, "a": 1}');
  const body = { name: "filtered", url: "https://hooks.example.com/in", filter };
  expect((await api.send("POST", "/v1/subscriptions", { body })).status).toBe(400);
});
