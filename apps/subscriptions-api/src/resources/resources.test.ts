import { publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

interface Given {
  kind?: string;
  version?: number;
  body?: string;
  key?: string;
  accountId?: string;
}

/** Publishes an event with a resource, its body exactly as given. */
function publish(id: string, given: Given = {}) {
  const { kind = "appointment", version = 1, body = '{"a":1}', key = api.tenant.key } = given;
  const account = given.accountId === undefined ? "" : `"account_id":"${given.accountId}",`;
  const text = `{${account}"type":"${kind}.updated","data":{"${kind}_id":"${id}","patient_id":"p"},
    "resource":{"kind":"${kind}","id":"${id}","version":${version},"body":${body}}}`;
  return api.send("POST", "/v1/events", { key, body: text });
}

const read = (path: string, headers: Record<string, string> = {}, key = api.tenant.key) =>
  api.send("GET", path, { key, headers });
const appointment = (id: string) => `/dr/v1/business/appointments/${id}`;

const auditOf = (id: string) => api.sql`
  select action, actor, detail from audit_log where target = ${`appointment/${id}`} order by seq`;

describe("publishing an event with a resource", () => {
  test.each([
    ["numbers past 2^53", '{"n":9007199254740993,"f":1.0}'],
    ["duplicate keys", '{"a":1,"a":2}'],
    ["NUL and lone surrogate escapes", '{"a":"\\u0000","b":"\\ud800"}'],
    ["odd spacing", '{ "a" :\n1 }'],
    ["60 levels of nesting", `{"a":${"[".repeat(60)}${"]".repeat(60)}}`],
  ])("serves %s byte for byte", async (what, body) => {
    const id = what.replace(/\W/g, "-");
    expect((await publish(id, { body })).status).toBe(202);
    const answer = await read(appointment(id));
    expect([answer.status, answer.text]).toEqual([200, body]);
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("keeps the newest version, whatever order they come in", async () => {
    await publish("ordered", { version: 2, body: '{"v":2}' });
    await publish("ordered", { version: 1, body: '{"v":1}' });
    await publish("ordered", { version: 2, body: '{"v":"2 again"}' });
    expect((await read(appointment("ordered"))).text).toBe('{"v":2}');
    await publish("ordered", { version: 3, body: '{"v":3}' });
    expect((await read(appointment("ordered"))).text).toBe('{"v":3}');
  });

  test("with a body of null deletes it: 404, also when an older version comes late", async () => {
    await publish("gone", { version: 5 });
    await publish("gone", { version: 6, body: "null" });
    await publish("gone", { version: 5 });
    expect((await read(appointment("gone"))).status).toBe(404);
  });

  test("repeated is a duplicate; with another resource body it is a conflict", async () => {
    const event = {
      id: "with-resource",
      type: "appointment.updated",
      data: { appointment_id: "r", patient_id: "p" },
    };
    const send = (body: object, version = 1) =>
      api.send("POST", "/v1/events", {
        body: { ...event, resource: { kind: "appointment", id: "r", version, body } },
      });
    expect((await send({ a: 1 })).body).not.toHaveProperty("duplicate");
    expect((await send({ a: 1 })).body).toMatchObject({ duplicate: true });
    expect((await send({ a: 2 })).status).toBe(409);
    expect((await send({ a: 1 }, 2)).status).toBe(409);
  });

  test("works in batches, each on its own", async () => {
    const data = { appointment_id: "b", patient_id: "p" };
    const events = [1, 3, 2].map((version) => ({
      type: "appointment.updated",
      data,
      resource: { kind: "appointment", id: "batched", version, body: { version } },
    }));
    expect((await api.send("POST", "/v1/events/batch", { body: { events } })).status).toBe(202);
    expect((await read(appointment("batched"))).body).toEqual({ version: 3 });
  });

  test.each([
    ["kind", { kind: "Appointment" }, "resource.kind"],
    ["id", { id: "" }, "resource.id"],
    ["id with a NUL", { id: "a\u0000" }, "resource.id"],
    ["version below zero", { version: -1 }, "resource.version"],
    ["version past 2^53", { version: 2 ** 53 }, "resource.version"],
    ["fraction as a version", { version: 1.5 }, "resource.version"],
    ["body that is no object", { body: [1] }, "resource.body"],
    ["missing body", { body: undefined }, "resource.body"],
    ["unknown field", { etag: "x" }, "resource.etag"],
  ])("refuses a wrong %s: 422 with its path", async (_what, extra, path) => {
    const resource = { kind: "appointment", id: "wrong", version: 1, body: {}, ...extra };
    const answer = await api.send("POST", "/v1/events", { body: { type: "x.done", data: {}, resource } });
    expect(answer.status).toBe(422);
    expect((answer.body.errors as { path: string }[])[0]?.path).toBe(path);
  });

  test("a resource of one account is not another's to replace, nor the organization's by oversight", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    await publish("of-account", { accountId: api.tenant.account });
    expect((await publish("of-account", { version: 2 })).body).toMatchObject({
      status: 422,
      errors: [{ path: "resource.id", code: "other_account" }],
    });
    await publish("of-organization");
    expect((await publish("of-organization", { version: 2, key })).status).toBe(422);
    expect((await publish("of-account", { version: 2, key })).status).toBe(202);
  });
});

describe("fetching details", () => {
  test.each([
    ["appointment", "/dr/v1/business/appointments/"],
    ["appointment", "/dr/v1/appointment/"],
    ["appointment", "/v1/resources/appointment/"],
    ["prescription", "/dr/v1/business/prescription/"],
    ["prescription", "/dr/v1/prescription/"],
    ["prescription", "/v1/resources/prescription/"],
    ["lab_result", "/v1/resources/lab_result/"],
  ])("serves the %s at %s", async (kind, path) => {
    await publish("same-id", { kind, body: `{"kind":"${kind}"}` });
    expect((await read(`${path}same-id`)).text).toBe(`{"kind":"${kind}"}`);
  });

  test("has a strong entity tag: 304 while nothing changed, however it was weakened on the way", async () => {
    await publish("tagged");
    const first = await read(appointment("tagged"));
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"1-[0-9a-f]{32}"$/);
    expect(first.headers.get("cache-control")).toBe("private, no-cache");
    expect(first.headers.get("vary")).toBe("authorization");
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await read(appointment("tagged"), { "if-none-match": tag });
      expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
    }
    await publish("tagged", { version: 2 });
    expect((await read(appointment("tagged"), { "if-none-match": etag })).status).toBe(200);
  });

  test("every read is on the audit trail: who, which version, and that nothing new was read", async () => {
    await publish("audited", { version: 7 });
    const { headers } = await read(appointment("audited"));
    await read("/dr/v1/appointment/audited", { "if-none-match": headers.get("etag") ?? "" });
    const detail = { version: "7", delivery: null, event: null };
    const actor = expect.stringMatching(/^key_/);
    expect(await auditOf("audited")).toEqual([
      { action: "resource.read", actor, detail: { ...detail, not_modified: false } },
      { action: "resource.read", actor, detail: { ...detail, not_modified: true } },
    ]);
  });

  test("what is not there, or not the caller's to read, leaves no trace: nothing was read", async () => {
    await publish("untouched");
    const { key: bound } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const { key: narrow } = await api.tenant.createKey({ scopes: ["payloads:read", "events:read"] });
    expect((await read(appointment("untouched"), {}, api.stranger.key)).status).toBe(404);
    expect((await read(appointment("untouched"), {}, bound)).status).toBe(404);
    expect((await read(appointment("untouched"), {}, narrow)).status).toBe(403);
    expect(await auditOf("untouched")).toEqual([]);
  });

  test("a key of an account reads what is its account's", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    await publish("mine", { key, body: '{"of":"account"}' });
    expect((await read(appointment("mine"), {}, key)).text).toBe('{"of":"account"}');
    expect((await read(appointment("mine"))).text).toBe('{"of":"account"}');
  });

  test.each([
    "/v1/resources/Appointment/x",
    "/v1/resources/%00/x",
    `/v1/resources/appointment/${"x".repeat(256)}`,
  ])("%s is nothing: 404", async (path) => {
    expect((await read(path)).status).toBe(404);
  });
});

describe("what led to a read", () => {
  async function lastCause(id: string) {
    const rows = await auditOf(id);
    const { delivery, event } = (rows.at(-1)?.detail ?? {}) as {
      delivery: string | null;
      event: string | null;
    };
    return { delivery, event };
  }

  async function deliver(tenant = api.tenant, account = {}) {
    const subscription = await createSubscription(api, account, tenant.key);
    const delivery = await seedDelivery(api, { tenant, subscription, type: "appointment.updated" });
    const [row] = await api.sql<{ event_id: string }[]>`
      select event_id from deliveries where id = ${delivery.rowId}`;
    return {
      delivery: delivery.id,
      eventRowId: row?.event_id ?? "",
      event: publicId("evt", row?.event_id ?? ""),
    };
  }

  test("is the delivery that the reader names, by its id or by the message id it came with", async () => {
    await publish("caused");
    const { delivery, event } = await deliver();
    for (const named of [delivery, event]) {
      await read(appointment("caused"), { "carewire-delivery": named });
      expect(await lastCause("caused")).toEqual({ delivery, event });
    }
  });

  test("is only the event when its message went to several subscriptions", async () => {
    await publish("fanned-out");
    const { event, eventRowId } = await deliver();
    const another = await createSubscription(api);
    await seedDelivery(api, { subscription: another, eventId: eventRowId });
    await read(appointment("fanned-out"), { "carewire-delivery": event });
    expect(await lastCause("fanned-out")).toEqual({ delivery: null, event });
  });

  test("is nothing when the reader names another tenant's, or something that is none", async () => {
    await publish("made-up");
    const theirs = await deliver(api.stranger);
    for (const named of [theirs.delivery, theirs.event, "dlv_zzzzzzzzzzzzzzzzzzzzzzzzzz", "x'; --", ""]) {
      const answer = await read(appointment("made-up"), { "carewire-delivery": named });
      expect(answer.status, named).toBe(200);
      expect(await lastCause("made-up"), named).toEqual({ delivery: null, event: null });
    }
  });

  test("is nothing when a key of an account names a delivery to the organization", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    await publish("of-one", { key });
    const toAll = await deliver();
    await read(appointment("of-one"), { "carewire-delivery": toAll.delivery }, key);
    expect(await lastCause("of-one")).toEqual({ delivery: null, event: null });
    const toAccount = await deliver(api.tenant, { account_id: api.tenant.account });
    await read(appointment("of-one"), { "carewire-delivery": toAccount.delivery }, key);
    expect((await lastCause("of-one")).delivery).toBe(toAccount.delivery);
  });
});

test("reads by many at once are all audited, in an unbroken chain", async () => {
  await publish("busy");
  const answers = await Promise.all(Array.from({ length: 64 }, () => read(appointment("busy"))));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await auditOf("busy")).toHaveLength(64);
  expect((await read("/v1/audit/verify")).body).toMatchObject({ ok: true });
});
