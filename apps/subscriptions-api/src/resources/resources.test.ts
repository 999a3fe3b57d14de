import { publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishResource, type ResourceSeed } from "../testing/publish-resource.ts";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const publish = (id: string, seed?: ResourceSeed) => publishResource(api, id, seed);
const read = (path: string, headers: Record<string, string> = {}, key = api.tenant.key) =>
  api.send("GET", path, { key, headers });
const appointment = (id: string) => `/dr/v1/business/appointments/${id}`;

const auditOf = (id: string) => api.sql`
  select action, actor, detail from audit_log where target = ${`appointment/${id}`} order by seq`;

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

  test("what was done to a resource with a long id is asked for by the target that its entry shows", async () => {
    const id = "x".repeat(200);
    await publish(id);
    await read(appointment(id));
    const { status, body } = await api.send(
      "GET",
      `/v1/audit?target=${encodeURIComponent(`appointment/${id}`)}`,
    );
    expect([status, body.data]).toMatchObject([200, [{ target: `appointment/${id}` }]]);
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
