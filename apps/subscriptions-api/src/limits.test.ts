import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultLimits, requestsMaxFor } from "./limits.ts";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

const eventBytesMax = 2_000;
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ limits: { eventBytesMax, subscriptionsMax: 2 } });
});

afterAll(() => api.stop());

/** An event of exactly so many bytes. */
const eventOf = (bytes: number): string => {
  const [head, tail] = ['{"type":"x.done","data":{"a":"', '"}}'];
  return `${head}${"x".repeat(bytes - head.length - tail.length)}${tail}`;
};

test("an event of the installation's limit is taken, one byte more is 413; what is no event keeps its own limit", async () => {
  expect((await api.send("POST", "/v1/events", { body: eventOf(eventBytesMax) })).status).toBe(202);
  expect((await api.send("POST", "/v1/events", { body: eventOf(eventBytesMax + 1) })).status).toBe(413);
  const body = { type: "x.described", description: "x".repeat(600), example: { a: "x".repeat(2_000) } };
  expect((await api.send("POST", "/v1/event-types", { body })).status).toBe(201);
});

test("in a batch only the event that is too large is refused", async () => {
  const body = `{"events":[${eventOf(eventBytesMax)},${eventOf(eventBytesMax + 1)}]}`;
  const { data } = (await api.send("POST", "/v1/events/batch", { body })).body as {
    data: { id?: string; error?: { code: string; detail: string } }[];
  };
  expect(data[0]?.id).toMatch(/^evt_/);
  expect(data[1]?.error).toMatchObject({
    code: "payload_too_large",
    detail: expect.stringContaining("2000"),
  });
});

test("an organization has so many subscriptions and no more, until it deletes one; others are not affected", async () => {
  const create = (key = api.tenant.key) =>
    api.send("POST", "/v1/subscriptions", { key, body: { name: "x", url: "https://hooks.example.com/in" } });
  const first = await create();
  expect([first.status, (await create()).status]).toEqual([201, 201]);
  const refused = await create();
  expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
  expect((await create(api.stranger.key)).status).toBe(201);
  await api.send("DELETE", `/v1/subscriptions/${first.body.id}`);
  await eventually(async () => (await create()).status === 201);
});

test("larger events mean fewer requests at a time, so that all bodies together stay within half a GiB", () => {
  for (const bytes of [1_024, 262_144, 1_048_576, 4_194_304]) {
    const requests = requestsMaxFor({ ...defaultLimits, eventBytesMax: bytes });
    expect(requests).toBeGreaterThan(100);
    expect(requests * bytes).toBeLessThanOrEqual(512 * 1024 * 1024);
  }
});
