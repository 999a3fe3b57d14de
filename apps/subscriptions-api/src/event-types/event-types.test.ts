import { ownEventTypesMax } from "@carewire/contracts";
import { eventTypes, isOperationalType } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const define = (body: object, key = api.tenant.key) =>
  api.send("POST", "/v1/event-types", { key, body: { description: "a test", ...body } });
const change = (type: string, body: object) => api.send("PATCH", `/v1/event-types/${type}`, { body });
const publish = (type: string, data: object, key = api.tenant.key) =>
  api.send("POST", "/v1/events", { key, body: { type, data } });

const encounter = {
  type: "medical-encounters.created",
  domain: "Encounters",
  description: "an encounter was opened",
  schema: {
    type: "object",
    required: ["id", "patient"],
    properties: { id: { type: "string" }, patient: { type: "object", required: ["id"] } },
  },
  example: { id: "enc_1", patient: { id: "p_1" } },
};

interface View {
  type: string;
  patterns: string[];
}

describe("the catalog", () => {
  test("lists every event type by name, with what a subscriber and a publisher need to know", async () => {
    const { body } = await api.send("GET", "/v1/event-types");
    const listed = body.data as View[];
    expect(listed.map(({ type }) => type)).toEqual([...eventTypes.keys()].sort());
    expect(listed.find(({ type }) => type === "order.paid")).toEqual({
      type: "order.paid",
      source: "catalog",
      domain: "Orders",
      description: "payment captured",
      schema: expect.objectContaining({ required: ["order_id", "customer_id"] }),
      example: { order_id: "order_1001", customer_id: "cus_xyz", amount: 4200, currency: "usd" },
      thin: { order_id: "order_1001", customer_id: "cus_xyz", action: "paid" },
      patterns: ["order.paid", "order.*", "*"],
      created_by: null,
      created_at: null,
      updated_at: null,
    });
  });

  test("comes whole, or in pages both ways", async () => {
    const page = async (query: string) => (await api.send("GET", `/v1/event-types${query}`)).body;
    const names = ({ data }: Record<string, unknown>) => (data as View[]).map(({ type }) => type);
    const all = await page("");
    expect([all.next_cursor, all.prev_cursor]).toEqual([null, null]);
    const first = await page("?limit=3");
    const second = await page(`?limit=3&cursor=${first.next_cursor}`);
    expect([...names(first), ...names(second)]).toEqual(names(all).slice(0, 6));
    expect(names(await page(`?limit=3&cursor=${second.prev_cursor}`))).toEqual(names(first));
    expect(second.groups).toEqual(all.groups);
    expect((await api.send("GET", "/v1/event-types?cursor=forged")).body.code).toBe("invalid_cursor");
  });

  test("groups types by the patterns that stand for them", async () => {
    const { body } = await api.send("GET", "/v1/event-types");
    const groups = body.groups as { pattern: string; types: string[] }[];
    const typesOf = (pattern: string) => groups.find((group) => group.pattern === pattern)?.types;
    expect(typesOf("order.*")).toContain("order.shipped");
    expect(typesOf("message.attempt.*")).toEqual(["message.attempt.exhausted"]);
    expect(typesOf("message.*")).toContain("message.attempt.exhausted");
  });

  test("says that operational types come only when they are named", async () => {
    const { body } = await api.send("GET", "/v1/event-types");
    for (const { type, patterns } of body.data as View[]) {
      expect(patterns.includes("*"), type).toBe(!isOperationalType(type));
    }
  });

  test("shows one type, and cannot be changed", async () => {
    expect((await api.send("GET", "/v1/event-types/lab_result.received")).body).toMatchObject({
      domain: "Clinical",
      thin: { lab_result_id: "lab_1001", patient_id: "pat_456", doctor_id: "dr_abc", action: "received" },
    });
    expect((await change("order.paid", { description: "x" })).status).toBe(404);
    expect((await api.send("DELETE", "/v1/event-types/order.paid")).status).toBe(404);
  });
});

describe("an event type of the organization's own", () => {
  test("is defined, listed, read, changed and deleted, each on the audit chain", async () => {
    const made = await define(encounter);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...encounter,
      source: "organization",
      thin: { id: "enc_1", action: "created" },
      patterns: ["medical-encounters.created", "medical-encounters.*", "*"],
      created_by: expect.stringMatching(/^key_/),
    });
    const path = `/v1/event-types/${encounter.type}`;
    expect((await api.send("GET", path)).body).toEqual(made.body);
    const listed = (await api.send("GET", "/v1/event-types")).body.data as View[];
    expect(listed.find(({ type }) => type === encounter.type)).toEqual(made.body);
    const changed = await change(encounter.type, { description: "opened at the desk", schema: null });
    expect(changed.body).toMatchObject({
      description: "opened at the desk",
      schema: null,
      domain: "Encounters",
    });
    expect((await api.send("DELETE", path)).status).toBe(204);
    expect((await api.send("GET", path)).status).toBe(404);
    const audit =
      await api.sql`select action, detail from audit_log where target = ${encounter.type} order by seq`;
    expect(audit).toEqual([
      { action: "event_type.created", detail: {} },
      { action: "event_type.updated", detail: { fields: ["description", "schema"] } },
      { action: "event_type.deleted", detail: {} },
    ]);
  });

  test("needs no more than a name and a description", async () => {
    const made = await define({ type: "billing-items.removed" });
    expect(made.body).toMatchObject({ domain: "Billing-items", schema: null, example: null, thin: null });
    expect((await publish("billing-items.removed", { whatever: 1 })).status).toBe(202);
  });

  test("has a name that nobody took", async () => {
    await define({ type: "taken.once" });
    expect((await define({ type: "taken.once" })).body).toMatchObject({ status: 409, code: "conflict" });
    expect((await define({ type: "taken.once" }, api.stranger.key)).status).toBe(201);
  });

  test.each(["order.paid", "cari.auth.user_created", "endpoint.mine", "message.sent", "webhook.ping"])(
    "is not called %s",
    async (type) => {
      expect((await define({ type })).body).toMatchObject({
        status: 422,
        errors: [{ path: "type", code: "reserved_name" }],
      });
    },
  );

  test.each([
    ["a name that is none", { type: "Encounters" }, "type"],
    ["a schema that is none", { schema: { type: "strng" } }, "schema.type"],
    ["a schema that reaches out", { schema: { $ref: "https://example.com/a" } }, "schema.$ref"],
    ["a pattern that backtracks", { schema: { pattern: "(?=a)" } }, "schema.pattern"],
    ["an example its schema refuses", { schema: { required: ["a"] }, example: {} }, "example.a"],
    ["text that cannot be stored", { example: { a: "x\u0000" } }, "example"],
    ["a schema too large", { schema: { description: "x".repeat(40_000) } }, "schema"],
  ])("refuses %s: 422 with its path", async (_what, body, path) => {
    const answer = await define({ type: "refused.always", ...body });
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { path: string }[])[0]?.path).toBe(path);
    expect((await api.send("GET", "/v1/event-types/refused.always")).status).toBe(404);
  });

  test("keeps its example and its schema in agreement when either changes", async () => {
    await define({ ...encounter, type: "agreement.kept" });
    expect((await change("agreement.kept", { example: { id: "e" } })).status).toBe(422);
    expect((await change("agreement.kept", { schema: { required: ["other"] } })).status).toBe(422);
    expect((await change("agreement.kept", { schema: { required: ["other"] }, example: null })).status).toBe(
      200,
    );
  });

  test("is the organization's to change: a key of an account may only read it", async () => {
    await define({ type: "shared.read" });
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    expect((await api.send("GET", "/v1/event-types/shared.read", { key })).status).toBe(200);
    expect((await define({ type: "shared.made" }, key)).status).toBe(403);
    expect((await api.send("DELETE", "/v1/event-types/shared.read", { key })).status).toBe(403);
  });

  test(`is one of ${ownEventTypesMax} at most`, async () => {
    const { organizationId, key } = api.stranger;
    await api.sql`
      insert into event_types (organization_id, type, domain, description, created_by)
      select ${organizationId}, 'many.n' || n, 'Many', 'x', 'test' from generate_series(1, ${ownEventTypesMax}) n`;
    expect((await define({ type: "many.more" }, key)).body).toMatchObject({ status: 409, code: "conflict" });
    await api.sql`delete from event_types where organization_id = ${organizationId} and type like 'many.n%'`;
    expect((await define({ type: "many.more" }, key)).status).toBe(201);
  });
});

describe("publishing an event of a type of one's own", () => {
  test("is refused where its data breaks the schema, with the path", async () => {
    await define({ ...encounter, type: "encounters.checked" });
    expect((await publish("encounters.checked", encounter.example)).status).toBe(202);
    const refused = await publish("encounters.checked", { id: "enc", patient: {} });
    expect(refused.body).toMatchObject({
      status: 422,
      code: "validation_failed",
      errors: [{ path: "data.patient.id", code: "required" }],
    });
  });

  test("is checked in batches too, each event on its own", async () => {
    await define({ ...encounter, type: "encounters.batched" });
    const events = [encounter.example, { id: 1 }, encounter.example];
    const answer = await api.send("POST", "/v1/events/batch", {
      body: { events: events.map((data) => ({ type: "encounters.batched", data })) },
    });
    expect(answer.body.data).toMatchObject([
      { type: "encounters.batched" },
      { error: { code: "validation_failed", errors: [{ path: "data.patient" }] } },
      { type: "encounters.batched" },
    ]);
  });

  test("follows the schema as it is now, as soon as a change was answered", async () => {
    await define({ type: "moving.target", schema: { required: ["a"] } });
    expect((await publish("moving.target", { b: 1 })).status).toBe(422);
    await change("moving.target", { schema: { required: ["b"] } });
    expect((await publish("moving.target", { b: 1 })).status).toBe(202);
    expect((await publish("moving.target", { a: 1 })).status).toBe(422);
    await api.send("DELETE", "/v1/event-types/moving.target");
    expect((await publish("moving.target", { a: 1 })).status).toBe(202);
  });

  test("is nobody else's business: another organization's events of that name are not checked", async () => {
    await define({ type: "private.rule", schema: { required: ["a"] } });
    expect((await publish("private.rule", {})).status).toBe(422);
    expect((await publish("private.rule", {}, api.stranger.key)).status).toBe(202);
  });

  test("is refused when checking it would take too long", async () => {
    const schema = { additionalProperties: { enum: Array.from({ length: 900 }, (_, n) => n) } };
    await define({ type: "heavy.rule", schema });
    const data = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, 899]));
    expect((await publish("heavy.rule", data)).body).toMatchObject({
      status: 422,
      errors: [{ path: "data", code: "too_costly" }],
    });
    expect((await publish("heavy.rule", { k: 899 })).status).toBe(202);
  });

  test("under message. is a matter of one's own, as long as it is not about attempts", async () => {
    expect((await publish("message.archived", { from: "x" })).status).toBe(202);
  });

  test.each(["endpoint.disabled", "message.attempt.exhausted", "webhook.ping"])(
    "%s is published by the platform only",
    async (type) => {
      const data = eventTypes.get(type)?.example ?? {};
      expect((await publish(type, data)).body).toMatchObject({ status: 422, errors: [{ path: "type" }] });
    },
  );
});
