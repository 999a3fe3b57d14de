import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf, deliveryRows, patternsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });

describe("changing a subscription", () => {
  test("keeps what is not named, raises the version and replaces patterns", async () => {
    const id = await createSubscription(api, { events: ["order.*"], description: "old", metadata: { a: 1 } });
    const answer = await patch(id, { events: "customer.created", description: null });
    expect(answer.body).toMatchObject({
      events: ["customer.created"],
      description: null,
      metadata: { a: 1 },
      version: 2,
    });
    expect((await patternsOf(api, id)).map((row) => row.pattern)).toEqual(["customer.created"]);
    expect(await auditOf(api, id)).toMatchObject([
      { action: "subscription.created" },
      { action: "subscription.updated", detail: { fields: ["description", "events"], version: 2 } },
    ]);
  });

  test.each(["secret", "account_id", "created_at"])("refuses %s: 422 unknown_field", async (field) => {
    const id = await createSubscription(api);
    expect((await patch(id, { [field]: "x" })).body).toMatchObject({ code: "unknown_field" });
  });

  test("to inactive holds what is queued and what comes; back to active queues it again with its tries", async () => {
    const id = await createSubscription(api);
    await seedDelivery(api, { subscription: id });
    await seedDelivery(api, { subscription: id, tries: [500, 503] });
    await seedDelivery(api, { subscription: id, status: 2, tries: [200] });
    expect((await patch(id, { active: false })).body.active).toBe(false);
    expect((await patternsOf(api, id)).map((row) => row.held)).toEqual([true]);
    expect(await deliveryRows(api, id)).toMatchObject([
      { status: 1, queued: false, attempts: 0 },
      { status: 1, queued: false, attempts: 2 },
      { status: 2, queued: false },
    ]);
    expect((await patch(id, { active: true, events: ["order.*"] })).body.active).toBe(true);
    expect((await patternsOf(api, id)).map((row) => row.held)).toEqual([false]);
    expect(await deliveryRows(api, id)).toMatchObject([
      { status: 0, queued: true, attempts: 0 },
      { status: 0, queued: true, attempts: 2 },
      { status: 2, queued: false },
    ]);
  });

  test("of nothing changes nothing and tells nobody", async () => {
    const id = await createSubscription(api);
    const before = (await api.send("GET", `/v1/subscriptions/${id}`)).body;
    const audit = await auditOf(api, id);
    const answer = await patch(id, {});
    expect([answer.status, answer.body]).toEqual([200, before]);
    expect(await auditOf(api, id)).toEqual(audit);
  });

  test("concurrently loses no change", async () => {
    const id = await createSubscription(api);
    await Promise.all([
      patch(id, { name: "a" }),
      patch(id, { max_retries: 3 }),
      patch(id, { description: "d" }),
    ]);
    const { body } = await api.send("GET", `/v1/subscriptions/${id}`);
    expect(body).toMatchObject({ name: "a", max_retries: 3, description: "d", version: 4 });
  });
});

test("a released subscription's shard is woken", async () => {
  const id = await createSubscription(api, { active: false });
  const woken: string[] = [];
  const listening = await api.sql.listen("carewire_wake", (payload) => void woken.push(payload));
  const [row] = await api.sql<
    { shard: number }[]
  >`select shard from subscriptions where id = ${subscriptionRowId(id)}`;
  await patch(id, { active: true });
  await eventually(() => woken.includes(`shards:${row?.shard}`));
  await listening.unlisten();
});
