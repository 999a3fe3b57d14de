import { parsePublicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;
let subscription: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  subscription = await createSubscription(api);
});

/** An event and its failed delivery to a subscription. */
async function failOne(to: string): Promise<void> {
  const body = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };
  const published = await api.send("POST", "/v1/events", { body });
  const eventId = parsePublicId("evt", String(published.body.id)) ?? "";
  await seedDelivery(api, { subscription: to, eventId, status: 3 });
}

const replayFilter = (filter: object) =>
  api.send("POST", "/v1/replays", { body: { filter: { subscription_id: subscription, ...filter } } });

const endpointsOf = (id: unknown) => api.sql<{ subscription_id: string }[]>`
  select subscription_id from replay_job_endpoints where job_id = ${parsePublicId("rpl", String(id))} order by 1`;

describe("listing replays", () => {
  test("gives them newest first, by status and by subscription", async () => {
    await failOne(subscription);
    const first = (await replayFilter({})).body.id;
    const second = (await replayFilter({})).body.id;
    await api.send("POST", `/v1/replays/${first}/cancel`);
    const list = async (query: string) =>
      ((await api.send("GET", `/v1/replays?${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await list(`subscription_id=${subscription}`)).toEqual([second, first]);
    expect(await list(`subscription_id=${subscription}&status=cancelled`)).toEqual([first]);
    expect(await list("subscription_id=sub_nonsense")).toEqual([]);
    const page = await api.send("GET", `/v1/replays?limit=1&subscription_id=${subscription}`);
    const next = `limit=1&subscription_id=${subscription}&cursor=${page.body.next_cursor}`;
    expect(await list(next)).toEqual([first]);
  });
});

describe("a key of an account", () => {
  test("replays that account's subscriptions only, and sees its own jobs only", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const own = await createSubscription(api, {}, key);
    await failOne(own);
    await failOne(subscription);
    const { body } = await api.send("POST", "/v1/replays", { key, body: { filter: {} } });
    expect(await endpointsOf(body.id)).toEqual([{ subscription_id: parsePublicId("sub", own) }]);
    const others = (await replayFilter({})).body.id;
    expect((await api.send("GET", `/v1/replays/${others}`, { key })).status).toBe(404);
    expect((await api.send("GET", `/v1/replays/${body.id}`, { key })).status).toBe(200);
    expect((await api.send("GET", `/v1/replays/${body.id}`)).status).toBe(200);
  });
});
