import { wakeChannel } from "@carewire/bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { auditOf, deliveryRows, patternsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const act = (id: string, verb: string) => api.send("POST", `/v1/subscriptions/${id}/${verb}`);

const statusCounts = async (rowId: string): Promise<Record<number, number>> => {
  const rows = await api.sql<{ status: number; count: number }[]>`
    select status, count(*)::int count from deliveries where destination_id = ${rowId} group by 1`;
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
};
const drainsOf = (rowId: string) => api.sql`select * from endpoint_drains where subscription_id = ${rowId}`;

describe("pausing and resuming", () => {
  test("holds what waits and what comes, then lets it go with the tries it had", async () => {
    const id = await createSubscription(api);
    await seedDelivery(api, { subscription: id, tries: [500] });
    expect((await act(id, "pause")).body).toMatchObject({ id, active: false, version: 2 });
    expect((await patternsOf(api, id)).map((row) => row.held)).toEqual([true]);
    expect(await deliveryRows(api, id)).toMatchObject([{ status: 1, queued: false }]);
    expect((await act(id, "resume")).body).toMatchObject({ active: true, disabled_reason: null, version: 3 });
    expect((await patternsOf(api, id)).map((row) => row.held)).toEqual([false]);
    expect(await deliveryRows(api, id)).toMatchObject([{ status: 0, queued: true, attempts: 1 }]);
  });

  test("twice is the same as once, and only the change is audited", async () => {
    const id = await createSubscription(api);
    for (const verb of ["resume", "pause", "pause", "resume", "resume"]) {
      expect((await act(id, verb)).status).toBe(200);
    }
    expect((await auditOf(api, id)).map(({ action }) => action)).toEqual([
      "subscription.created",
      "subscription.paused",
      "subscription.resumed",
    ]);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({ version: 3 });
  });

  test("of many deliveries a request moves a bounded number and leaves the rest to dispatchers", async () => {
    const id = await createSubscription(api);
    const rowId = subscriptionRowId(id);
    await api.sql`
      with d as (insert into deliveries (id, organization_id, event_id, destination_id)
        select uuidv7(), ${api.tenant.organizationId}, uuidv7(), ${rowId} from generate_series(1, 6000) returning *)
      insert into delivery_queue (id, organization_id, event_id, destination_id, shard)
      select d.id, d.organization_id, d.event_id, s.id, s.shard from d join subscriptions s on s.id = d.destination_id`;
    expect((await act(id, "pause")).status).toBe(200);
    expect(await statusCounts(rowId)).toEqual({ 0: 1_000, 1: 5_000 });
    expect((await act(id, "resume")).status).toBe(200);
    expect((await statusCounts(rowId))[1]).toBeGreaterThanOrEqual(3_000);
    expect(await drainsOf(rowId)).toMatchObject([
      { kind: "release", organization_id: api.tenant.organizationId },
    ]);
    expect((await api.send("DELETE", `/v1/subscriptions/${id}`)).status).toBe(204);
    const { 4: cancelled = 0, ...open } = await statusCounts(rowId);
    expect(cancelled).toBeLessThanOrEqual(4_000);
    expect(open[1]).toBe(6_000 - cancelled);
    expect(await drainsOf(rowId)).toMatchObject([{ kind: "cancel" }]);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      detail: { cancelled_deliveries: cancelled, still_cancelling: true },
    });
  });

  test("resuming tells dispatchers of the shard, and of the lanes when it is ordered", async () => {
    const heard: string[] = [];
    const listening = await api.sql.listen(wakeChannel, (payload) => heard.push(payload));
    const plain = await createSubscription(api);
    const ordered = await createSubscription(api, { ordering: "fifo" });
    for (const id of [plain, ordered]) await act(id, "pause");
    await act(plain, "resume");
    await expect.poll(() => heard.filter((payload) => payload.startsWith("shards:"))).toHaveLength(1);
    expect(heard).not.toContain("lanes");
    await act(ordered, "resume");
    await expect.poll(() => heard).toContain("lanes");
    await api.send("PATCH", `/v1/subscriptions/${ordered}`, { body: { active: false } });
    await api.send("PATCH", `/v1/subscriptions/${ordered}`, { body: { active: true } });
    await expect.poll(() => heard.filter((payload) => payload === "lanes")).toHaveLength(2);
    await listening.unlisten();
  });

  test("resuming forgets how the endpoint failed, also when the platform had disabled it", async () => {
    const id = await createSubscription(api);
    const rowId = subscriptionRowId(id);
    await api.sql`update subscriptions set active = false, disabled_reason = 'only failures' where id = ${rowId}`;
    await api.sql`
      insert into endpoint_state (subscription_id, organization_id, consecutive_failures, failing_since, breaker,
        breaker_until, breaker_opens, warnings)
      values (${rowId}, ${api.tenant.organizationId}, 9, now(), 'open', now() + interval '1 hour', 3, 1)`;
    expect((await act(id, "resume")).body).toMatchObject({ active: true, disabled_reason: null });
    const [state] = await api.sql`
      select consecutive_failures, failing_since, breaker, breaker_until, breaker_opens, warnings
      from endpoint_state where subscription_id = ${rowId}`;
    expect(state).toEqual({
      consecutive_failures: 0,
      failing_since: null,
      breaker: "closed",
      breaker_until: null,
      breaker_opens: 0,
      warnings: 0,
    });
  });

  test("pausing what the platform disabled keeps the reason to be seen", async () => {
    const id = await createSubscription(api);
    await api.sql`
      update subscriptions set active = false, disabled_reason = 'gone' where id = ${subscriptionRowId(id)}`;
    expect((await act(id, "pause")).body).toMatchObject({ active: false, disabled_reason: "gone" });
  });
});

test("of everything that happens to a subscription an operational event is published in the same commit", async () => {
  const id = await createSubscription(api, { account_id: api.tenant.account });
  await api.send("PATCH", `/v1/subscriptions/${id}`, { body: { name: "changed", max_retries: 1 } });
  await act(id, "pause");
  await act(id, "pause");
  await act(id, "resume");
  await api.send("POST", `/v1/subscriptions/${id}/rotate-secret`, { body: {} });
  await api.send("PATCH", `/v1/subscriptions/${id}`, { body: { url: "https://127.0.0.1/" } });
  await api.send("DELETE", `/v1/subscriptions/${id}`);
  const rows = await api.sql<
    { id: string; type: string; account_id: string; body: Buffer; routed: boolean }[]
  >`
    select e.id, e.type, e.account_id, p.body, q.event_id is null as routed from events e
    join event_payloads p on p.id = e.id left join route_queue q on q.event_id = e.id
    where e.subject = ${id} order by e.id`;
  const dataKey = await api.vault.dataKey(api.tenant.organizationId);
  const said = rows.map((row) => ({
    type: row.type,
    ...JSON.parse(dataKey.open(`event_payloads:${row.id}`, row.body).toString()),
  }));
  const endpoint = { subscription_id: id, url_origin: "https://hooks.example.com" };
  expect(said).toEqual([
    { type: "endpoint.created", ...endpoint },
    { type: "endpoint.updated", ...endpoint, fields: ["max_retries", "name"] },
    { type: "endpoint.updated", ...endpoint, fields: ["active"] },
    { type: "endpoint.updated", ...endpoint, fields: ["active"] },
    { type: "endpoint.updated", ...endpoint, fields: ["secret"] },
    { type: "endpoint.deleted", ...endpoint },
  ]);
  expect(rows.every((row) => !row.routed && row.account_id === api.tenant.accountId)).toBe(true);
});
