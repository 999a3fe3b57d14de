import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

const batchRequestsMax = 32;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const event = { type: "x.done", data: {} };

/** Begins a batch, of which the server knows then, and leaves it unfinished until `finish` is called, which resolves with the status. */
async function beginBatch() {
  const body = JSON.stringify({ events: [event] });
  const request = httpRequest(`${api.url}/v1/events/batch`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${api.tenant.key}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      expect: "100-continue",
    },
  });
  const status = new Promise<number>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
  });
  request.flushHeaders();
  await once(request, "continue");
  return {
    finish(): Promise<number> {
      request.end(body);
      return status;
    },
  };
}

const publishBatch = () => api.send("POST", "/v1/events/batch", { body: { events: [event] } });

test("of more batches at a time than allowed the others get 503 with Retry-After; single events are not affected", async () => {
  const begun = await Promise.all(Array.from({ length: batchRequestsMax }, beginBatch));
  const refused = await publishBatch();
  expect(refused.body).toMatchObject({ status: 503, code: "service_unavailable" });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await api.send("POST", "/v1/events", { body: event })).status).toBe(202);
  expect(await Promise.all(begun.map((batch) => batch.finish()))).toEqual(Array(batchRequestsMax).fill(202));
  await eventually(async () => (await publishBatch()).status === 202);
});
