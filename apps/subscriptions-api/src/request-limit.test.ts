import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { eventually } from "@carewire/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { defaultLimits, requestsMaxFor } from "./limits.ts";
import { batchRequestsMax, probesMax, reportRequestsMax } from "./request-shares.ts";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";
import { createTenant } from "./testing/test-tenant.ts";

const countsMax = 4;
/** The largest there may be, so that few requests may be answered at a time. */
const eventBytesMax = 4 * 1024 * 1024;
const requestsMax = requestsMaxFor({ ...defaultLimits, eventBytesMax });

const begun: ClientRequest[] = [];
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ limits: { eventBytesMax } });
});
afterEach(() => {
  for (const request of begun.splice(0)) request.destroy();
});
afterAll(() => api.stop());

const event = { type: "x.done", data: {} };
const batch = { events: [event] };

/** Begins a request, of which the server knows then, and leaves it unfinished until `finish` is called, which resolves with the status. */
async function begin(
  path: string,
  { key = api.tenant.key, body = {} }: { key?: string; body?: object } = {},
) {
  const text = JSON.stringify(body);
  const request = httpRequest(`${api.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      expect: "100-continue",
    },
  });
  begun.push(request);
  const status = new Promise<number>((resolve) => {
    request.on("error", () => resolve(0));
    request.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
  });
  request.flushHeaders();
  await once(request, "continue");
  return {
    finish(): Promise<number> {
      request.end(text);
      return status;
    },
  };
}

const beginMany = (count: number, path: string, given?: Parameters<typeof begin>[1]) =>
  Promise.all(Array.from({ length: count }, () => begin(path, given)));

test("unfinished replays keep nobody from counting theirs", async () => {
  await beginMany(countsMax, "/v1/replays");
  const body = { filter: { since: new Date(Date.now() - 3_600_000).toISOString() }, dry_run: true };
  const counted = await api.send("POST", "/v1/replays", { key: api.stranger.key, body });
  expect(counted.status, counted.text).toBe(200);
});

test("of more batches at a time than allowed the others get 503 with Retry-After; single events are not affected", async () => {
  const path = "/v1/events/batch";
  const third = await createTenant(api.sql, "third");
  const unfinished = [
    ...(await beginMany(batchRequestsMax / 2, path, { body: batch })),
    ...(await beginMany(batchRequestsMax / 2, path, { body: batch, key: api.stranger.key })),
  ];
  const refused = await eventually(async () => {
    const answer = await api.send("POST", path, { key: third.key, body: batch });
    return answer.status !== 202 && answer;
  });
  expect(refused.body).toMatchObject({ status: 503, code: "service_unavailable" });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await api.send("POST", "/v1/events", { body: event })).status).toBe(202);
  const finished = await Promise.all(unfinished.map((request) => request.finish()));
  expect(finished).toEqual(Array(batchRequestsMax).fill(202));
  await eventually(
    async () => (await api.send("POST", path, { key: third.key, body: batch })).status === 202,
  );
});

const outcome = { delivery_id: `dlv_${"0".repeat(26)}`, lease: "x", duration_ms: 1, fault: "timeout" };

test.each([
  { what: "batches", count: batchRequestsMax, path: "/v1/events/batch", body: batch, status: 202 },
  {
    what: "pings, tests and checks of URLs",
    count: probesMax,
    path: "/v1/subscriptions/check-url",
    body: { url: "https://hooks.example.com/in" },
    status: 200,
  },
  {
    what: "reports of outcomes",
    count: reportRequestsMax,
    path: `/v1/subscriptions/sub_${"0".repeat(26)}/stream/outcomes`,
    body: { outcomes: [outcome] },
    status: 404,
  },
  { what: "requests of any kind", count: requestsMax, path: "/v1/events", body: event, status: 202 },
])("unfinished $what of one organization leave half of the places to the others", async (kind) => {
  const { count, path, body, status } = kind;
  await beginMany(count, path);
  const refused = await eventually(async () => {
    const answer = await api.send("POST", path, { body });
    return answer.status === 429 && answer;
  });
  expect(refused.body).toMatchObject({
    code: "too_many_requests",
    detail: expect.stringContaining("of your organization"),
  });
  expect(refused.headers.get("retry-after")).toBe("1");
  await eventually(
    async () => (await api.send("POST", path, { key: api.stranger.key, body })).status === status,
  );
});
