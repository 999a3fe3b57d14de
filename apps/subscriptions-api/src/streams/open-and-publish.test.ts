import { afterAll, beforeAll, expect, test } from "vitest";
import { requestsMaxFor } from "../limits.ts";
import { type OpenedStream, readEventStream } from "../testing/read-event-stream.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { createStreamTests } from "../testing/stream-tests.ts";

const limits = { eventBytesMax: 64 * 1024 * 1024, subscriptionsMax: 100 };

let api: TestApi;
const opened: OpenedStream[] = [];

beforeAll(async () => {
  api = await startTestApi({ limits });
});

afterAll(async () => {
  for (const { drop } of opened) drop();
  await api.stop();
});

test("open tails and streams leave room for requests, however few of those may be answered at a time", async () => {
  const streams = createStreamTests(api);
  const { id } = await streams.makeStream();
  const paths = [...Array(requestsMaxFor(limits)).fill("/v1/tail"), `/v1/subscriptions/${id}/stream`];
  for (const path of paths) opened.push(await readEventStream(`${api.url}${path}`, api.tenant.key));
  expect(opened.map(({ status }) => status)).toEqual(Array(paths.length).fill(200));
  const answer = await api.send("POST", "/v1/events", { body: { type: "x.done", data: {} } });
  expect(answer.status).toBe(202);
});
