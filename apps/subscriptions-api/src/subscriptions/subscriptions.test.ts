import { verifyAuditChain } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const url = "https://hooks.example.com/in";
const create = (body: object) =>
  api.send("POST", "/v1/subscriptions", { body: { name: "EMR Sync", url, ...body } });
const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });
const rowId = (id: string): string => parsePublicId("sub", id) ?? "";

async function patternsOf(id: string) {
  return api.sql<{ pattern: string; held: boolean; shard: number; account_id: string | null }[]>`
    select pattern, held, shard, account_id from subscription_patterns
    where subscription_id = ${rowId(id)} order by pattern`;
}

async function deliveryRows(id: string) {
  return api.sql<{ status: number; queued: boolean; attempts: number; finished: boolean }[]>`
    select d.status, q.id is not null as queued, coalesce(q.attempts, d.attempts) as attempts,
      d.finished_at is not null as finished
    from deliveries d left join delivery_queue q on q.id = d.id
    where d.destination_id = ${rowId(id)} order by d.id`;
}

async function auditOf(id: string) {
  return api.sql<{ action: string; detail: object }[]>`
    select action, detail from audit_log where target = ${id} order by seq`;
}

describe("creating a subscription", () => {
  test("answers 201 with every field and, this once, the secret", async () => {
    const answer = await create({});
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^sub_/),
      name: "EMR Sync",
      url,
      events: ["*"],
      active: true,
      retry_policy: "exponential",
      max_retries: 7,
      payload_format: "envelope",
      signature_scheme: "standard-webhooks",
      success_codes: "2xx",
      metadata: {},
      version: 1,
      created_by: expect.stringMatching(/^key_/),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const read = await api.send("GET", `/v1/subscriptions/${answer.body.id}`);
    expect(read.body).not.toHaveProperty("secret");
    expect(read.text).not.toContain(String(answer.body.secret));
    const [row] = await api.sql`
      select shard, (hashtextextended(id::text, 0) & 63)::int as expected from subscriptions
      where id = ${rowId(String(answer.body.id))}`;
    expect(row?.shard).toBe(row?.expected);
  });

  test.each([
    ["a single name", "order.paid", ["order.paid"]],
    ["a list with patterns, without repeats", ["order.*", "a.b.*", "order.*"], ["order.*", "a.b.*"]],
    ["everything", "*", ["*"]],
    ["an empty list, which means everything", [], ["*"]],
  ])("takes events as %s and explodes them for routing", async (_what, events, stored) => {
    const answer = await create({ events });
    expect(answer.body.events).toEqual(stored);
    const patterns = await patternsOf(String(answer.body.id));
    expect(patterns.map((row) => row.pattern)).toEqual([...stored].sort());
    expect(patterns.every((row) => !row.held)).toBe(true);
  });

  test("that starts inactive is held from the start", async () => {
    const answer = await create({ active: false });
    expect((await patternsOf(String(answer.body.id))).map((row) => row.held)).toEqual([true]);
  });

  test("of an account matches that account's events only", async () => {
    const answer = await create({ account_id: api.tenant.account });
    expect(answer.body.account_id).toBe(api.tenant.account);
    expect((await patternsOf(String(answer.body.id)))[0]?.account_id).toBe(api.tenant.accountId);
    expect((await create({ account_id: api.stranger.account })).status).toBe(422);
  });

  test("stores the url as it is normalised, so that what is checked is what is used", async () => {
    expect((await create({ url: "HTTPS://Hooks.Example.com:443/a\tb/../c" })).body.url).toBe(
      "https://hooks.example.com/c",
    );
  });

  test("accepts a name that does not resolve yet", async () => {
    expect((await create({ url: "https://not-yet.example.invalid/in" })).status).toBe(201);
  });

  test.each([
    ["http://hooks.example.com/"],
    ["https://127.0.0.1/"],
    ["https://[::1]/"],
    ["https://0x7f000001/"],
    ["https://localhost/"],
    ["https://a.internal/"],
    ["https://user:pw@hooks.example.com/"],
    ["https://hooks.example.com:22/"],
    ["ftp://hooks.example.com/"],
    ["https://private.example/"],
    ["not a url"],
  ])("refuses %s: 422 destination_not_allowed, on create and on update", async (refusedUrl) => {
    const answer = await create({ url: refusedUrl });
    expect(answer.body).toMatchObject({
      status: 422,
      code: "destination_not_allowed",
      errors: [{ path: "url" }],
    });
    const id = await createSubscription(api);
    expect((await patch(id, { url: refusedUrl })).body).toMatchObject({ code: "destination_not_allowed" });
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({ url, version: 1 });
  });

  const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;

  test.each([24, 32, 64])("takes a secret of %i bytes", async (bytes) => {
    expect((await create({ secret: secretOf(bytes) })).body.secret).toBe(secretOf(bytes));
  });

  test.each([secretOf(23), secretOf(65), secretOf(32).slice(6), `${secretOf(32)}x`, "whsec_", "whsec_äöü"])(
    "refuses a secret that is not whsec_ and 24 to 64 bytes (%#), without repeating it",
    async (secret) => {
      const answer = await create({ secret });
      expect(answer.body).toMatchObject({ status: 422, errors: [{ path: "secret" }] });
      if (secret.length > 10) expect(answer.text).not.toContain(secret);
    },
  );

  test.each([
    ["a missing name", { name: undefined }, "name"],
    ["an unknown retry policy", { retry_policy: "sometimes" }, "retry_policy"],
    ["too many retries", { max_retries: 21 }, "max_retries"],
    ["a format we do not send yet", { payload_format: "thin" }, "payload_format"],
    ["a scheme we do not sign yet", { signature_scheme: "none" }, "signature_scheme"],
    ["success codes we do not know", { success_codes: "3xx" }, "success_codes"],
    ["an event pattern that is none", { events: ["order.*.paid"] }, "events.0"],
    ["a pattern deeper than routing looks", { events: "a.b.c.*" }, "events"],
    ["an internal pattern", { events: ["cari.*"] }, "events.0"],
    ["a thousand patterns", { events: Array.from({ length: 1_000 }, (_, n) => `a${n}.b`) }, "events"],
    ["a name that cannot be stored", { name: "a\u0000" }, "name"],
    ["nested metadata", { metadata: { a: {} } }, "metadata.a"],
  ])("refuses %s: 422 with its path", async (_what, body, path) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { path: string }[])[0]?.path).toBe(path);
  });

  test.each([
    "tenant_id",
    "status",
    "created_by",
    "version",
    "id",
    "headers",
    "filter",
    "rate_limit_per_second",
  ])("refuses the field %s: 422 unknown_field", async (field) => {
    expect((await create({ [field]: "x" })).body).toMatchObject({ status: 422, code: "unknown_field" });
  });
});

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
    expect((await patternsOf(id)).map((row) => row.pattern)).toEqual(["customer.created"]);
    expect(await auditOf(id)).toMatchObject([
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
    expect((await patternsOf(id)).map((row) => row.held)).toEqual([true]);
    expect(await deliveryRows(id)).toMatchObject([
      { status: 1, queued: false, attempts: 0 },
      { status: 1, queued: false, attempts: 2 },
      { status: 2, queued: false },
    ]);
    expect((await patch(id, { active: true, events: ["order.*"] })).body.active).toBe(true);
    expect((await patternsOf(id)).map((row) => row.held)).toEqual([false]);
    expect(await deliveryRows(id)).toMatchObject([
      { status: 0, queued: true, attempts: 0 },
      { status: 0, queued: true, attempts: 2 },
      { status: 2, queued: false },
    ]);
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

describe("deleting a subscription", () => {
  test("cancels what is open, keeps what is finished, and is audited", async () => {
    const id = await createSubscription(api);
    await seedDelivery(api, { subscription: id, tries: [500] });
    await seedDelivery(api, { subscription: id, status: 1 });
    await seedDelivery(api, { subscription: id, status: 3, tries: [500] });
    const answer = await api.send("DELETE", `/v1/subscriptions/${id}`);
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect(await deliveryRows(id)).toMatchObject([
      { status: 4, queued: false, attempts: 1, finished: true },
      { status: 4, queued: false, finished: true },
      { status: 3, queued: false },
    ]);
    expect(await patternsOf(id)).toEqual([]);
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).status).toBe(404);
    expect((await api.send("DELETE", `/v1/subscriptions/${id}`)).status).toBe(404);
    const list = await api.send("GET", `/v1/deliveries?subscription_id=${id}&status=cancelled`);
    expect(list.body.data).toHaveLength(2);
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: "subscription.deleted",
      detail: { cancelled_deliveries: 2 },
    });
  });
});

test("a delivery that is being sent while its subscription is deleted or held is left to the dispatcher", async () => {
  const [deleted, held] = [await createSubscription(api), await createSubscription(api)];
  for (const id of [deleted, held]) {
    await seedDelivery(api, { subscription: id });
    await seedDelivery(api, { subscription: id });
    const [sending, vanished] = await api.sql`
      select id from delivery_queue where destination_id = ${rowId(id)} order by id`;
    await api.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() + interval '1 minute'
      where id = ${sending?.id}`;
    await api.sql`update delivery_queue set attempts = 1, lease_token = 1, lease_until = now() - interval '1 minute'
      where id = ${vanished?.id}`;
  }
  await api.send("DELETE", `/v1/subscriptions/${deleted}`);
  await patch(held, { active: false });
  expect(await deliveryRows(deleted)).toMatchObject([
    { status: 0, queued: true },
    { status: 4, attempts: 1 },
  ]);
  expect(await deliveryRows(held)).toMatchObject([
    { status: 0, queued: true },
    { status: 1, attempts: 1 },
  ]);
  const lost = await api.sql`
    select a.outcome from attempts a join deliveries d on d.id = a.delivery_id
    where d.destination_id = any(${[rowId(deleted), rowId(held)]}::uuid[])`;
  expect(lost).toEqual([{ outcome: "lost" }, { outcome: "lost" }]);
});

test("a released subscription's shard is woken", async () => {
  const id = await createSubscription(api, { active: false });
  const woken: string[] = [];
  const listening = await api.sql.listen("carewire_wake", (payload) => void woken.push(payload));
  const [row] = await api.sql<{ shard: number }[]>`select shard from subscriptions where id = ${rowId(id)}`;
  await patch(id, { active: true });
  await eventually(() => woken.includes(`shards:${row?.shard}`));
  await listening.unlisten();
});

describe("reading a secret", () => {
  test("gives what was shown at creation, is audited, and is not to be cached", async () => {
    const created = await create({});
    const id = String(created.body.id);
    const answer = await api.send("GET", `/v1/subscriptions/${id}/secret`);
    expect(answer.body).toEqual({ secret: created.body.secret });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: "subscription.secret_read", detail: {} });
    expect(await verifyAuditChain(api.sql, api.tenant.organizationId)).toMatchObject({ ok: true });
  });
});

describe("listing subscriptions", () => {
  test("pages both ways and shows no secret", async () => {
    const ids = [
      await createSubscription(api),
      await createSubscription(api),
      await createSubscription(api),
    ].reverse();
    const first = await api.send("GET", "/v1/subscriptions?limit=2");
    expect(first.body).toMatchObject({ data: [{ id: ids[0] }, { id: ids[1] }], prev_cursor: null });
    const second = await api.send("GET", `/v1/subscriptions?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ id: ids[2] }, {}] });
    const back = await api.send("GET", `/v1/subscriptions?limit=2&cursor=${second.body.prev_cursor}`);
    expect(back.body.data).toEqual(first.body.data);
    expect(first.text).not.toContain("whsec_");
  });

  test("shows a key of an account only that account's", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const wide = await createSubscription(api);
    const own = await createSubscription(api, {}, key);
    const list = await api.send("GET", "/v1/subscriptions", { key });
    const items = list.body.data as { id: string; account_id: string }[];
    expect(items.map((item) => item.id)).toContain(own);
    expect(new Set(items.map((item) => item.account_id))).toEqual(new Set([api.tenant.account]));
    expect((await api.send("GET", `/v1/subscriptions/${wide}`, { key })).status).toBe(404);
    expect((await api.send("PATCH", `/v1/subscriptions/${wide}`, { key, body: { name: "x" } })).status).toBe(
      404,
    );
  });
});
