import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { eventually } from "@carewire/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "./testing/start-test-dlq.ts";

const requestsMax = 64;
const begun: ClientRequest[] = [];
let dlq: TestDlq;

beforeAll(async () => {
  dlq = await startTestDlq();
});
afterEach(() => {
  for (const request of begun.splice(0)) request.destroy();
});
afterAll(() => dlq.stop());

/** Begins a request, of which dlq-admin knows then, and sends nothing of its body. */
async function begin(path: string, headers: Record<string, string>): Promise<void> {
  const request = httpRequest(`${dlq.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 10, expect: "100-continue", ...headers },
  });
  begun.push(request);
  request.on("error", () => {});
  request.flushHeaders();
  await once(request, "continue");
}

const beginMany = (path: string, headers: Record<string, string>) =>
  Promise.all(Array.from({ length: requestsMax }, () => begin(path, headers)));

const depthOf = (key: string) => dlq.send("GET", "/admin/dlq/depth", { key });

test("as many unfinished sign-ins as may be answered at a time keep nobody out", async () => {
  await beginMany("/session", { "sec-fetch-site": "same-origin" });
  expect((await depthOf(dlq.tenant.key)).status).toBe(200);
  expect((await dlq.send("GET", "/session", { key: null })).status).toBe(200);
  const body = { api_key: dlq.tenant.key };
  expect((await dlq.send("POST", "/session", { key: null, body })).status).toBe(200);
});

test("unfinished requests of one organization leave half of the places to the others", async () => {
  await beginMany("/admin/dlq/retry", { authorization: `Bearer ${dlq.tenant.key}` });
  const refused = await eventually(async () => {
    const answer = await depthOf(dlq.tenant.key);
    return answer.status === 429 && answer;
  });
  expect(refused.headers.get("retry-after")).toBe("1");
  await eventually(async () => (await depthOf(dlq.stranger.key)).status === 200);
});
