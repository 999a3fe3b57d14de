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

/** Begins a batch and leaves it unfinished until `finish` is called, which resolves with the status. */
function beginBatch() {
  const body = JSON.stringify({ events: [event] });
  const request = httpRequest(`${api.url}/v1/events/batch`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${api.tenant.key}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  const status = new Promise<number>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
  });
  request.write(body.slice(0, 5));
  return {
    finish(): Promise<number> {
      request.end(body.slice(5));
      return status;
    },
  };
}

const publishBatch = () => api.send("POST", "/v1/events/batch", { body: { events: [event] } });

test("of more batches at a time than allowed the others get 503 with Retry-After; single events are not affected", async () => {
  const begun = Array.from({ length: batchRequestsMax }, beginBatch);
  const refused = await eventually(async () => {
    const answer = await publishBatch();
    return answer.status === 503 && answer;
  });
  expect(refused.body).toMatchObject({ code: "service_unavailable" });
  expect(refused.headers.get("retry-after")).toBe("1");
  expect((await api.send("POST", "/v1/events", { body: event })).status).toBe(202);
  expect(await Promise.all(begun.map((batch) => batch.finish()))).toEqual(Array(batchRequestsMax).fill(202));
  await eventually(async () => (await publishBatch()).status === 202);
});
