import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishResource, type ResourceSeed } from "../testing/publish-resource.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const publish = (id: string, seed?: ResourceSeed) => publishResource(api, id, seed);
const read = (path: string) => api.send("GET", path);
const appointment = (id: string) => `/dr/v1/business/appointments/${id}`;

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
