import { payloadAad } from "@carewire/bus";
import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const publish = (body: unknown, headers: Record<string, string> = {}, key = api.tenant.key) =>
  api.send("POST", "/v1/events", { body, headers, key });

const order = { type: "order.paid", data: { order_id: "o_1", customer_id: "c_1" } };

async function countOf(externalId: string): Promise<number> {
  const [row] = await api.sql<{ count: number }[]>`
    select count(*)::int as count from events where external_id = ${externalId}`;
  return row?.count ?? 0;
}

async function storedPayload(id: string): Promise<string> {
  const [row] = await api.sql<{ id: string; body: Buffer }[]>`
    select p.* from event_payloads p join events e on e.id = p.id where e.external_id = ${id}`;
  if (row === undefined) throw new Error(`no payload for ${id}`);
  const dataKey = await api.vault.dataKey(api.tenant.organizationId);
  return dataKey.open(payloadAad(row.id), row.body).toString("utf8");
}

describe("publishing an event", () => {
  test("answers 202 with an id of ours and queues it for routing, sealed", async () => {
    const answer = await publish(order);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      type: "order.paid",
      id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
    });
    expect(answer.body).not.toHaveProperty("duplicate");
    const [queued] =
      await api.sql`select * from route_queue where organization_id = ${api.tenant.organizationId}`;
    expect(queued).toMatchObject({ type: "order.paid" });
    const [sealed] = await api.sql<{ body: Buffer }[]>`select body from event_payloads limit 1`;
    expect(sealed?.body.includes("o_1")).toBe(false);
  });

  test("keeps the publisher's id, time and subject, and shows them", async () => {
    const body = { ...order, id: "order-7_A", created_at: "2026-01-04T22:30:00.5+01:00", subject: "o_1" };
    const answer = await publish(body);
    expect(answer.body).toEqual({
      id: "order-7_A",
      type: "order.paid",
      created_at: "2026-01-04T21:30:00.500Z",
    });
    const read = await api.send("GET", "/v1/events/order-7_A");
    expect(read.body).toMatchObject({ id: "order-7_A", subject: "o_1", source_service: "api" });
  });

  test.each([
    ["numbers past 2^53", '{"order_id":"o","customer_id":"c","n":9007199254740993}'],
    ["duplicate keys", '{"order_id":"o","customer_id":"c","a":1,"a":2}'],
    ["NUL escapes", '{"order_id":"o","customer_id":"c","a":"\\u0000"}'],
    ["lone surrogate escapes", '{"order_id":"o","customer_id":"c","a":"\\ud800"}'],
    ["64 levels of nesting", `{"order_id":"o","customer_id":"c","a":${"[".repeat(62)}${"]".repeat(62)}}`],
    ["numbers no double can hold", '{"order_id":"o","customer_id":"c","a":1e999,"b":-0,"c":1.0}'],
    ["odd spacing", '{ "order_id" :"o" ,\n"customer_id":\t"c" }'],
  ])("keeps %s byte for byte", async (what, data) => {
    const id = what.replace(/\W/g, "-");
    const answer = await publish(`{"id":"${id}", "data" : ${data} ,"type":"order.paid"}`);
    expect(answer.status).toBe(202);
    expect(await storedPayload(id)).toBe(data);
  });

  test("takes types that are not in the catalog, with any object as data", async () => {
    expect((await publish({ type: "medical-encounters.created", data: {} })).status).toBe(202);
  });
});

describe("publishing again", () => {
  test.each([
    ["the same id", { ...order, id: "again-1" }, {}],
    ["the same Idempotency-Key", order, { "idempotency-key": "again-2" }],
    ["the same id and key", { ...order, id: "again-3" }, { "idempotency-key": "again-3" }],
  ])("with %s and body gives the first answer, marked as a duplicate", async (_what, body, headers) => {
    const first = await publish(body, headers);
    const second = await publish(body, headers);
    expect(second.status).toBe(202);
    expect(second.body).toEqual({ ...first.body, duplicate: true });
  });

  test("stores one event for 50 concurrent copies", async () => {
    const body = { ...order, id: "storm" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => publish(body)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(202));
    expect(answers.filter((answer) => answer.body.duplicate !== true)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.body.created_at)).size).toBe(1);
    expect(await countOf("storm")).toBe(1);
  });

  test("with the same id under another Idempotency-Key is a duplicate", async () => {
    await publish({ ...order, id: "two-keys" }, { "idempotency-key": "k-1" });
    const again = await publish({ ...order, id: "two-keys" }, { "idempotency-key": "k-2" });
    expect(again.body).toMatchObject({ id: "two-keys", duplicate: true });
  });

  test.each([
    ["id", { id: "conflict-1" }, {}],
    ["Idempotency-Key", {}, { "idempotency-key": "conflict-2" }],
    ["Idempotency-Key with ids of their own", { id: "conflict-3" }, { "idempotency-key": "conflict-3" }],
  ])("with the same %s and another body is a conflict", async (_what, extra, headers) => {
    await publish({ ...order, ...extra }, headers);
    const other = { ...order, ...extra, subject: "another" };
    const answer = await publish("id" in extra ? { ...other, id: `${extra.id}` } : other, headers);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: "idempotency_conflict" });
  });

  test("with one Idempotency-Key for two ids is a conflict", async () => {
    await publish({ ...order, id: "first-of-key" }, { "idempotency-key": "k-3" });
    const answer = await publish({ ...order, id: "second-of-key" }, { "idempotency-key": "k-3" });
    expect(answer.status).toBe(409);
    expect(await countOf("second-of-key")).toBe(0);
  });

  test("does not let an id that we gave to one event name another", async () => {
    const first = await publish(order);
    expect((await publish({ ...order, id: first.body.id })).status).toBe(409);
  });

  test("is nobody else's business: another tenant's same id is an event of its own", async () => {
    const id = publicId("evt", newId(Date.now()));
    await publish({ ...order, id });
    const theirs = await publish({ ...order, id }, {}, api.stranger.key);
    expect(theirs.body).toEqual({ ...theirs.body, id });
    expect(theirs.body).not.toHaveProperty("duplicate");
    expect(await countOf(id)).toBe(2);
  });
});

describe("accounts", () => {
  test("an event may belong to an account of the organization", async () => {
    await publish({ ...order, id: "of-account", account_id: api.tenant.account });
    expect((await api.send("GET", "/v1/events/of-account")).body).toMatchObject({
      account_id: api.tenant.account,
    });
  });

  test.each(["stranger's", "nonsense"])("a %s account is refused", async (which) => {
    const account = which === "nonsense" ? "acc_x" : api.stranger.account;
    const answer = await publish({ ...order, account_id: account });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ path: "account_id", code: "unknown_account" }] });
  });

  test("a key bound to an account publishes for that account only, and sees only its events", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    await publish({ ...order, id: "bound" }, {}, key);
    await publish({ ...order, id: "unbound" });
    expect((await api.send("GET", "/v1/events/bound", { key })).body).toMatchObject({
      account_id: api.tenant.account,
    });
    expect((await api.send("GET", "/v1/events/unbound", { key })).status).toBe(404);
  });

  test("an id that came through a key bound to an account is another event's without it, and the same one's with it", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const body = { ...order, id: "bound-repeat" };
    await publish(body, {}, key);
    const withoutAccount = await publish(body);
    expect([withoutAccount.status, withoutAccount.body.code]).toEqual([409, "idempotency_conflict"]);
    const named = await publish({ ...body, account_id: api.tenant.account });
    expect([named.status, named.body.duplicate]).toEqual([202, true]);
  });
});

describe("what is refused", () => {
  test.each([
    ["a missing type", { data: {} }, "type"],
    ["a type that is no event type", { ...order, type: "Order Paid" }, "type"],
    ["an internal topic", { ...order, type: "cari.auth.user_created" }, "type"],
    ["missing data", { type: "order.paid" }, "data"],
    ["data that is no object", { ...order, data: [1] }, "data"],
    ["data without a required field", { type: "order.paid", data: { order_id: "o" } }, "data.customer_id"],
    [
      "data with a field of the wrong type",
      { type: "order.paid", data: { ...order.data, amount: "1" } },
      "data.amount",
    ],
    ["an id with other characters", { ...order, id: "a b" }, "id"],
    ["an id that is too long", { ...order, id: "a".repeat(65) }, "id"],
    ["a time that is none", { ...order, created_at: "yesterday" }, "created_at"],
    ["a time out of all bounds", { ...order, created_at: "0000-01-01T00:00:00Z" }, "created_at"],
    ["a subject that cannot be stored", { ...order, subject: "a\u0000" }, "subject"],
  ])("%s: 422 with its path", async (_what, body, path) => {
    const answer = await publish(body);
    expect(answer.status).toBe(422);
    const { code, errors } = answer.body as { code: string; errors: { path: string }[] };
    expect(code).toBe("validation_failed");
    expect(errors.map((error) => error.path)).toContain(path);
  });

  test.each([["tenant_id"], ["organization_id"], ["status"], ["resources"]])(
    "%s: 422 unknown_field",
    async (field) => {
      const answer = await publish({ ...order, [field]: "x" });
      expect(answer.body).toMatchObject({ status: 422, code: "unknown_field", errors: [{ path: field }] });
    },
  );

  test("values that were sent are never repeated in the answer", async () => {
    const answer = await publish({ ...order, type: "patient Jane Doe", subject: 7, id: "jane doe" });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toMatch(/jane/i);
  });

  test("malformed Idempotency-Key: 422", async () => {
    const answer = await publish(order, { "idempotency-key": "a b" });
    expect(answer.body).toMatchObject({ status: 422, errors: [{ path: "headers.idempotency-key" }] });
  });
});
