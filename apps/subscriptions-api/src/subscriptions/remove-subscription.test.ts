import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf, deliveryRows, patternsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

describe("deleting a subscription", () => {
  test("cancels what is open, keeps what is finished, and is audited", async () => {
    const id = await createSubscription(api);
    await seedDelivery(api, { subscription: id, tries: [500] });
    await seedDelivery(api, { subscription: id, status: 1 });
    await seedDelivery(api, { subscription: id, status: 3, tries: [500] });
    const answer = await api.send("DELETE", `/v1/subscriptions/${id}`);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(await deliveryRows(api, id)).toMatchObject([
      { status: 4, queued: false, attempts: 1, finished: true },
      { status: 4, queued: false, finished: true },
      { status: 3, queued: false },
    ]);
    expect(await patternsOf(api, id)).toEqual([]);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).status).toBe(404);
    expect((await api.send("DELETE", `/v1/subscriptions/${id}`)).status).toBe(404);
    const list = await api.send("GET", `/v1/deliveries?subscription_id=${id}&status=cancelled`);
    expect(list.body.data).toHaveLength(2);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      action: "subscription.deleted",
      detail: { cancelled_deliveries: 2, still_cancelling: false },
    });
  });
});

test("a delivery that is being sent while its subscription is deleted or held is left to the dispatcher", async () => {
  const [deleted, held] = [await createSubscription(api), await createSubscription(api)];
  for (const id of [deleted, held]) {
    await seedDelivery(api, { subscription: id });
    await seedDelivery(api, { subscription: id });
    const [sending, vanished] = await api.sql`
      select id from delivery_queue where destination_id = ${subscriptionRowId(id)} order by id`;
    await api.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() + interval '1 minute'
      where id = ${sending?.id}`;
    await api.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() - interval '1 minute'
      where id = ${vanished?.id}`;
  }
  await api.send("DELETE", `/v1/subscriptions/${deleted}`);
  await api.send("PATCH", `/v1/subscriptions/${held}`, { body: { active: false } });
  expect(await deliveryRows(api, deleted)).toMatchObject([
    { status: 0, queued: true },
    { status: 4, attempts: 1 },
  ]);
  expect(await deliveryRows(api, held)).toMatchObject([
    { status: 0, queued: true },
    { status: 1, attempts: 1 },
  ]);
  const lost = await api.sql`
    select a.outcome from attempts a join deliveries d on d.id = a.delivery_id
    where d.destination_id = any(${[subscriptionRowId(deleted), subscriptionRowId(held)]}::uuid[])`;
  expect(lost).toEqual([{ outcome: "lost" }, { outcome: "lost" }]);
});
