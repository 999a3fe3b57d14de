import { readdirSync, readFileSync } from "node:fs";
import { migrations } from "@carewire/db";
import type { RunningService } from "@carewire/service-kit";
import {
  createFakeClock,
  createTestDatabase,
  refusedStandardWebhooks,
  type SignedRequest,
  signStandardWebhookRequest,
  type TestDatabase,
} from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  organizationId,
  previousSecret,
  secret,
  startTestWorkforce,
} from "../../testing/start-test-workforce.ts";
import { leaveTopic, recordedTopic } from "./workforce-topics.ts";

const nowMs = Date.UTC(2026, 1, 21);
const samples = new URL("./samples/", import.meta.url);
const leave = {
  leave_id: "leave_é",
  user_id: "user_17",
  organization_id: "org_9",
  starts_on: "2026-03-02",
  ends_on: "2026-03-06",
  approved_by: "user_3",
  approved_at: "2026-02-20T09:00:00Z",
};
const body = JSON.stringify(leave);

let database: TestDatabase;
let service: RunningService;
let sequence = 0;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestWorkforce({ databaseUrl: database.serviceUrl, clock: createFakeClock(nowMs) });
});
beforeEach(() => {
  id = `msg_${++sequence}`;
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const url = () => `${service.url}/api/workforce/webhooks/leave-approved`;
const post = ({ headers, body: bytes }: SignedRequest) =>
  fetch(url(), { method: "POST", headers, body: new Uint8Array(bytes) });
const send = (payload: string | object, more: { secret?: string; contentType?: string } = {}) =>
  post(signStandardWebhookRequest(payload, { secret, id, nowMs, ...more }));

const topicsOfRequest = async () =>
  (
    await database.sql<{ type: string }[]>`
      select e.type from events e join inbound_requests r on r.id = e.inbound_request_id where r.external_id = ${id}`
  ).map(({ type }) => type);

async function countRequests(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

test.each(readdirSync(samples))("the sample %s is answered 200 and is one event", async (file) => {
  const answer = await send(readFileSync(new URL(file, samples), "utf8"));
  const received = { received: true, id: expect.stringMatching(/^evt_/) };
  expect([answer.status, await answer.json()]).toEqual([200, received]);
  expect(await topicsOfRequest()).toEqual([file === "leave_approved.json" ? leaveTopic : recordedTopic]);
});

test("a leave need not say that it is one", async () => {
  expect((await send(leave)).status).toBe(200);
  expect(await topicsOfRequest()).toEqual([leaveTopic]);
});

test.each(refusedStandardWebhooks)(
  "a request with %s is answered 401 with an empty body and leaves no row",
  async (_name, build) => {
    const before = await countRequests();
    const answer = await post(build(body, { secret, id, nowMs }));
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
    expect(await countRequests()).toBe(before);
  },
);

test("the previous secret is still accepted", async () => {
  expect((await send(body, { secret: previousSecret })).status).toBe(200);
});

test("a repeat is the same event; another body under its id is a recorded conflict without effect", async () => {
  const first = (await (await send(body)).json()) as object;
  expect(await (await send(body)).json()).toEqual({ ...first, duplicate: true });
  expect((await send({ ...leave, ends_on: "2026-03-07" })).status).toBe(200);
  expect(await topicsOfRequest()).toEqual([leaveTopic]);
  const rows = await database.sql`select verdict from inbound_requests where external_id = ${id} order by id`;
  expect(rows.map(({ verdict }) => verdict)).toEqual(["accepted", "duplicate", "conflict"]);
});

test("50 concurrent copies are one event", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  expect(await topicsOfRequest()).toHaveLength(1);
});

test.each<[string, object, string]>([
  ["no user", { ...leave, user_id: undefined }, "it lacks a usable user_id"],
  ["a NUL in its id", { ...leave, leave_id: "\0" }, "it lacks a usable leave_id"],
  ["a time for a date", { ...leave, starts_on: "2026-03-02T00:00:00Z" }, "it lacks a usable starts_on"],
  ["a day that does not exist", { ...leave, ends_on: "2026-02-30" }, "it lacks a usable ends_on"],
  ["an end before its start", { ...leave, ends_on: "2026-03-01" }, "ends_on (must not be before starts_on)"],
  ["more than 366 days", { ...leave, ends_on: "2027-03-03" }, "ends_on (must be at most 366 days"],
  ["no time of approval", { ...leave, approved_at: undefined }, "it lacks a usable approved_at"],
  ["an approval two days ahead", { ...leave, approved_at: "2026-02-23T00:00:00Z" }, "lies in the future"],
])(
  "a signed leave with %s is answered 400, told why, and kept as a dead letter",
  async (_name, wrong, reason) => {
    const answer = await send(wrong);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(reason) });
    const [letter] =
      await database.sql`select topic, cause, error from dead_letters order by id desc limit 1`;
    expect(letter).toEqual({
      topic: recordedTopic,
      cause: "malformed",
      error: expect.stringContaining(reason),
    });
  },
);

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["a depth bomb", "[".repeat(60_000), 400],
  ["reaching for the prototype", '{"leave_id":"x","__proto__":{}}', 400],
  ["65 KB", " ".repeat(65 * 1_024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, status) => {
  expect((await send(payload)).status).toBe(status);
});

test("another content type is 415, GET is 405", async () => {
  expect((await send(body, { contentType: "text/plain" })).status).toBe(415);
  const got = await fetch(url());
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  await got.body?.cancel();
});
