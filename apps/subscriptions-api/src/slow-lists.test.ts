import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApi, type TestAnswer, type TestApi } from "./testing/start-test-api.ts";

const connectionsOfLists = 4;

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ requestTimeoutMs: 10_000 });
});

afterAll(() => api.stop());

const listsThatWait = async () => {
  const [row] = await api.sql<{ count: number }[]>`
    select count(*)::int from pg_stat_activity
    where datname = current_database() and application_name = 'test-handlers' and wait_event_type = 'Lock'`;
  return row?.count;
};

test("while slow lists hold every connection they have, events are published and people sign in", async () => {
  const { key } = await api.tenant.createKey();
  const body = { type: "nobody.asked_yet", data: {}, id: "slow-lists", account_id: api.tenant.account };
  const publish = () =>
    api.send("POST", "/v1/events", { body, key, headers: { "idempotency-key": "slow-lists" } });
  const lists: Promise<TestAnswer>[] = [];
  await api.sql.begin(async (tx) => {
    await tx`lock table leads in access exclusive mode`;
    for (let n = 0; n < 2 * connectionsOfLists; n++) lists.push(api.send("GET", "/v1/leads"));
    await eventually(async () => (await listsThatWait()) === connectionsOfLists);
    expect((await publish()).status).toBe(202);
    expect((await publish()).body).toMatchObject({ id: "slow-lists", duplicate: true });
    const batch = await api.send("POST", "/v1/events/batch", { body: { events: [body] } });
    expect(batch.body).toMatchObject({ data: [{ id: "slow-lists", duplicate: true }] });
    const { status, body: session } = await api.send("POST", "/v1/sessions", { key });
    expect(status).toBe(201);
    expect((await api.send("GET", "/v1/session", { key: String(session.token) })).status).toBe(200);
  });
  expect((await Promise.all(lists)).map(({ status }) => status)).toEqual(Array(lists.length).fill(200));
});
