import { verifyAuditChain } from "@carewire/db";
import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { createTenant } from "../testing/test-tenant.ts";
import { lookedAtMax } from "./list-events.ts";

let api: TestApi;
const data = { order_id: "o_1", customer_id: "c_1" };

beforeAll(async () => {
  api = await startTestApi();
  for (let n = 0; n < 7; n++) {
    const type = n % 2 === 0 ? "order.paid" : "order.shipped";
    await api.send("POST", "/v1/events", { body: { type, data, id: `list-${n}`, subject: `s${n % 3}` } });
  }
});

afterAll(() => api.stop());

interface Listed {
  ids: string[];
  next: string | null;
  prev: string | null;
}

async function list(query: string): Promise<Listed> {
  const { body, status } = await api.send("GET", `/v1/events?${query}`);
  expect(status).toBe(200);
  const {
    data: items,
    next_cursor: next,
    prev_cursor: prev,
  } = body as {
    data: { id: string }[];
    next_cursor: string | null;
    prev_cursor: string | null;
  };
  return { ids: items.map((item) => item.id), next, prev };
}

const named = (...ns: number[]) => ns.map((n) => `list-${n}`);

describe("listing events", () => {
  test("pages from newest to oldest and back again", async () => {
    const first = await list("limit=3");
    expect(first).toMatchObject({ ids: named(6, 5, 4), prev: null });
    const second = await list(`limit=3&cursor=${first.next}`);
    expect(second.ids).toEqual(named(3, 2, 1));
    const third = await list(`limit=3&cursor=${second.next}`);
    expect(third).toMatchObject({ ids: named(0), next: null });
    const back = await list(`limit=3&cursor=${third.prev}`);
    expect(back.ids).toEqual(named(3, 2, 1));
    const start = await list(`limit=3&cursor=${back.prev}`);
    expect(start).toMatchObject({ ids: named(6, 5, 4), prev: null });
    expect((await list(`limit=3&cursor=${start.next}`)).ids).toEqual(named(3, 2, 1));
  });

  test("filters by type, subject and time", async () => {
    expect((await list("type=order.shipped")).ids).toEqual(named(5, 3, 1));
    expect((await list("subject=s0&type=order.paid")).ids).toEqual(named(6, 0));
    expect((await list("since=2099-01-01T00:00:00Z")).ids).toEqual([]);
    expect((await list("until=2099-01-01T00:00:00Z&since=2020-01-01T00:00:00Z")).ids).toHaveLength(7);
  });

  test.each([
    ["made up", async () => "AAAA"],
    ["not even base64", async () => "%00!"],
    ["changed in one character", async () => flipLast(await cursorOf("limit=2"))],
    ["of the same list with other filters", () => cursorOf("limit=2&type=order.paid")],
    ["of another list", async () => cursorOfSubscriptions()],
    ["of another tenant", () => cursorOf("limit=1", api.stranger.key)],
  ])("refuses a cursor that is %s: 400", async (_what, make) => {
    const answer = await api.send("GET", `/v1/events?limit=2&cursor=${await make()}`);
    expect(answer.body).toMatchObject({ status: 400, code: "invalid_cursor" });
  });

  test.each([
    "limit=0",
    "limit=201",
    "limit=x",
    "since=yesterday",
    "subject=%00",
    "type=%00",
    "type=a&type=b",
  ])("refuses %s: 422", async (query) => {
    expect((await api.send("GET", `/v1/events?${query}`)).status).toBe(422);
  });

  test.each(["'; drop table events; --", '" or 1=1', "%"])("a filter of %s is only text", async (text) => {
    const answer = await api.send(
      "GET",
      `/v1/events?subject=${encodeURIComponent(text)}&type=${encodeURIComponent(text)}`,
    );
    expect(answer.body).toMatchObject({ data: [] });
  });

  async function cursorOf(query: string, key = api.tenant.key): Promise<string> {
    for (const n of [1, 2])
      await api.send("POST", "/v1/events", {
        key: api.stranger.key,
        body: { type: "order.paid", data, id: `their-${n}` },
      });
    const { body } = await api.send("GET", `/v1/events?${query}`, { key });
    return String(body.next_cursor);
  }

  async function cursorOfSubscriptions(): Promise<string> {
    await createSubscription(api);
    await createSubscription(api);
    const { body } = await api.send("GET", "/v1/subscriptions?limit=1");
    return String(body.next_cursor);
  }

  const flipLast = (cursor: string): string =>
    cursor.slice(0, -3) + (cursor.at(-3) === "A" ? "B" : "A") + cursor.slice(-2);
});

test("a bounded number of events is looked at for a page: behind a filter that hardly any passes, it says where to go on", async () => {
  const { organizationId, accountId, createKey } = await createTenant(api.sql, "busy");
  const insert = (count: number, row: { account: string | null; type: string }) => api.sql`
    insert into events (id, organization_id, account_id, type, subject, source_service, occurred_at, body_bytes)
    select uuidv7(), ${organizationId}, ${row.account}::uuid, ${row.type}, ${row.type}, 'test', now(), 2
    from generate_series(1, ${count}::int)`;
  await insert(1, { account: accountId, type: "x.rare" });
  await insert(lookedAtMax, { account: null, type: "x.common" });
  const [{ key }, { key: bound }] = [await createKey(), await createKey({ accountId })];
  for (const [query, caller] of [
    ["type=x.rare", key],
    ["subject=x.rare", key],
    ["limit=5", bound],
  ]) {
    const path = `/v1/events?${query}`;
    const first = await api.send("GET", path, { key: String(caller) });
    expect(first.body).toMatchObject({ data: [], prev_cursor: null, next_cursor: expect.any(String) });
    const second = await api.send("GET", `${path}&cursor=${first.body.next_cursor}`, { key: String(caller) });
    expect(second.body).toMatchObject({ data: [{ type: "x.rare" }], next_cursor: null });
  }
});

describe("reading an event", () => {
  test("shows the payload, numbers exact, only with the scope for it, and every such read is on the audit chain", async () => {
    const exact = '{"order_id":"o","customer_id":"c","n":9007199254740993,"m":1.0}';
    await api.send("POST", "/v1/events", { body: `{"type":"order.paid","id":"payload","data":${exact}}` });
    const { key } = await api.tenant.createKey({ scopes: ["events:read"] });
    const without = await api.send("GET", "/v1/events/payload", { key });
    expect(without.body).not.toHaveProperty("payload");
    const before = await auditRows("event.payload_read");
    const read = await api.send("GET", "/v1/events/payload");
    expect(read.text).toContain(`"payload":${exact}`);
    const after = await auditRows("event.payload_read");
    expect(after.length).toBe(before.length + 1);
    expect(after.at(-1)).toMatchObject({ target: "payload", actor: expect.stringMatching(/^key_/) });
    expect(await verifyAuditChain(api.sql, api.tenant.organizationId)).toMatchObject({ ok: true });
  });

  test("finds an event by our id and by its publisher's", async () => {
    const { body } = await api.send("POST", "/v1/events", { body: { type: "order.paid", data } });
    expect((await api.send("GET", `/v1/events/${body.id}`)).body).toMatchObject({ id: body.id });
    expect((await api.send("GET", "/v1/events/list-3")).body).toMatchObject({
      id: "list-3",
      type: "order.shipped",
    });
  });

  test("shows where it came from and what became of it", async () => {
    const subscription = await createSubscription(api);
    const { body } = await api.send("POST", "/v1/events", { body: { type: "order.paid", data } });
    const eventId = parsePublicId("evt", String(body.id)) ?? "";
    const inbound = await insertInboundRequest(eventId);
    const effect = await insertEffect(eventId);
    const delivery = await seedDelivery(api, { subscription, eventId, tries: [500, null] });
    const read = await api.send("GET", `/v1/events/${body.id}`);
    expect(read.body.lineage).toMatchObject({
      inbound_request: { id: publicId("inr", inbound), provider: "stripe", verdict: "accepted" },
      caused_by: null,
      caused: [{ id: publicId("evt", effect), type: "order.shipped" }],
      deliveries: [
        {
          id: delivery.id,
          subscription_id: subscription,
          status: "retrying",
          attempts: [
            { n: 1, outcome: "answered", response_code: 500 },
            { n: 2, outcome: "timeout", response_code: null },
          ],
        },
      ],
    });
    const effectRead = await api.send("GET", `/v1/events/${publicId("evt", effect)}`);
    expect(effectRead.body.lineage).toMatchObject({ caused_by: body.id, deliveries: [] });
  });

  async function auditRows(action: string) {
    return api.sql<{ target: string; actor: string }[]>`
      select target, actor from audit_log where action = ${action} order by seq`;
  }

  async function insertInboundRequest(eventId: string): Promise<string> {
    const [id, sourceId] = [newId(Date.now()), newId(Date.now())];
    const { organizationId } = api.tenant;
    await api.sql`insert into sources (id, organization_id, provider, name) values (${sourceId}, ${organizationId}, 'stripe', 'default')`;
    await api.sql`
      insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes)
      values (${id}, ${organizationId}, ${sourceId}, 'accepted', '{}', '\\x00', 0)`;
    await api.sql`update events set inbound_request_id = ${id} where id = ${eventId}`;
    return id;
  }

  async function insertEffect(causedBy: string): Promise<string> {
    const id = newId(Date.now());
    await api.sql`
      insert into events (id, organization_id, type, source_service, occurred_at, body_bytes, caused_by)
      values (${id}, ${api.tenant.organizationId}, 'order.shipped', 'test', now(), 2, ${causedBy})`;
    return id;
  }
});
