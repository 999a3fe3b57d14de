import { createTestAuthority, type TestCertificate } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { mistakesIn, openedColumns, patternsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;
let certificate: TestCertificate;

beforeAll(async () => {
  api = await startTestApi();
  certificate = await (await createTestAuthority()).client("clinic-7");
});

afterAll(() => api.stop());

const url = "https://hooks.example.com/in";
const create = (body: object) => api.send("POST", "/v1/subscriptions", { body: { name: "x", url, ...body } });
const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });
const read = async (id: string) => (await api.send("GET", `/v1/subscriptions/${id}`)).body;

const oauth2 = {
  type: "oauth2",
  token_url: "https://login.example.com/token",
  client_id: "client",
  client_secret: "hunter2-oauth",
};

describe("every field", () => {
  test("is stored, shown as it is stored, and its credentials never are", async () => {
    const answer = await create({
      payload_format: "flat",
      signature_scheme: "svix",
      success_codes: "200",
      retry_policy: "none",
      max_retries: 0,
      headers: { "X-Tenant": " clinic-7 " },
      sensitive_headers: { "X-Api-Key": "hunter2-header" },
      filter: { amount: { $gte: 100 }, "customer.region": "US-TX" },
      rate_limit_per_second: 50,
      ordering: "fifo",
      endpoint_auth: oauth2,
      client_certificate: certificate,
      metadata: { team: "billing" },
    });
    expect(answer.status, answer.text).toBe(201);
    const id = String(answer.body.id);
    const shown = {
      payload_format: "flat",
      signature_scheme: "svix",
      key_type: "hmac",
      public_key: null,
      success_codes: "200",
      retry_policy: "none",
      max_retries: 0,
      headers: { "x-tenant": "clinic-7" },
      sensitive_headers: ["x-api-key"],
      filter: { amount: { $gte: 100 }, "customer.region": "US-TX" },
      rate_limit_per_second: 50,
      ordering: "fifo",
      endpoint_auth: { type: "oauth2" },
      client_certificate: { subject: "CN=clinic-7", expires_at: expect.any(String) },
      metadata: { team: "billing" },
    };
    expect(answer.body).toMatchObject(shown);
    expect(await read(id)).toMatchObject(shown);
    expect(await openedColumns(api, id)).toEqual({
      sensitive_headers: { "x-api-key": "hunter2-header" },
      endpoint_auth: oauth2,
      client_certificate: certificate,
    });
    const [row] = await api.sql`
      select filtered, fifo from subscription_patterns where subscription_id = ${subscriptionRowId(id)}`;
    expect(row).toEqual({ filtered: true, fifo: true });
  });

  test.each(["200", 200])("success_codes %j is exactly 200", async (given) => {
    const id = await createSubscription(api, { success_codes: given });
    expect(await read(id)).toMatchObject({ success_codes: "200" });
  });

  test.each([
    [{ events: 5 }, "events", /event type or a pattern/],
    [{ metadata: { team: {} } }, "metadata.team", /text of 1024 characters/],
  ])("of the wrong kind, %j, say what they may be", async (body, path, message) => {
    const url = "https://hooks.example.com/a";
    const answer = await api.send("POST", "/v1/subscriptions", { body: { name: "n", url, ...body } });
    expect(answer.body).toMatchObject({
      status: 422,
      errors: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test("can be changed on its own, and null clears what may be absent", async () => {
    const id = await createSubscription(api, {
      description: "x",
      sensitive_headers: { "x-api-key": "k" },
      filter: { a: 1 },
      rate_limit_per_second: 5,
      ordering: "fifo",
      endpoint_auth: { type: "basic", username: "u", password: "p" },
      client_certificate: certificate,
    });
    const cleared = {
      description: null,
      filter: null,
      rate_limit_per_second: null,
      endpoint_auth: null,
      client_certificate: null,
    };
    const answer = await patch(id, { ...cleared, sensitive_headers: null, ordering: "none" });
    expect(answer.body).toMatchObject({ ...cleared, sensitive_headers: [], ordering: "none", version: 2 });
    expect(await openedColumns(api, id)).toEqual({
      sensitive_headers: null,
      endpoint_auth: null,
      client_certificate: null,
    });
    const again = await patch(id, { filter: { a: 1 }, endpoint_auth: { type: "bearer", token: "t" } });
    expect(again.body).toMatchObject({ filter: { a: 1 }, endpoint_auth: { type: "bearer" }, version: 3 });
    expect(await patternsOf(api, id)).toMatchObject([{ pattern: "*" }]);
    const [row] = await api.sql`
      select filtered, fifo from subscription_patterns where subscription_id = ${subscriptionRowId(id)}`;
    expect(row).toEqual({ filtered: true, fifo: false });
  });

  test.each([
    ["name", null],
    ["url", null],
    ["headers", null],
    ["active", null],
    ["ordering", null],
    ["metadata", null],
    ["rate_limit_per_second", 0],
    ["rate_limit_per_second", 10_001],
    ["rate_limit_per_second", 1.5],
    ["ordering", "lifo"],
    ["key_type", "rsa"],
  ])("%s cannot be %j: 422 with its path, and nothing changes", async (field, value) => {
    const id = await createSubscription(api);
    const answer = await patch(id, { [field]: value });
    expect(answer.status).toBe(422);
    expect(mistakesIn(answer.body)[0]).toMatch(new RegExp(`^${field}: `));
    expect(await read(id)).toMatchObject({ version: 1 });
  });
});

describe("endpoint_auth", () => {
  test.each([
    [{ type: "basic", username: "a:b", password: "p" }, "endpoint_auth.username"],
    [{ type: "basic", username: "a", password: "p\r\n" }, "endpoint_auth.password"],
    [{ type: "basic", username: "a" }, "endpoint_auth.password"],
    [{ type: "bearer", token: "a b" }, "endpoint_auth.token"],
    [{ type: "bearer", token: "hunter2\r\nhost: x" }, "endpoint_auth.token"],
    [{ type: "digest" }, "endpoint_auth.type"],
    [{ ...oauth2, scope: "a  b" }, "endpoint_auth.scope"],
    [{ ...oauth2, audience: "x" }, "endpoint_auth.audience"],
  ])("%j is refused at %s, without repeating it", async (endpointAuth, path) => {
    const answer = await create({ endpoint_auth: endpointAuth });
    expect(answer.status).toBe(422);
    expect(mistakesIn(answer.body)[0]).toContain(path);
    expect(answer.text).not.toContain("hunter2");
  });

  test.each(["http://login.example.com/token", "https://127.0.0.1/token", "https://private.example/token"])(
    "its token_url passes the same guard as the url: %s is refused on create and on update",
    async (tokenUrl) => {
      const endpointAuth = { ...oauth2, token_url: tokenUrl };
      const refused = {
        status: 422,
        code: "destination_not_allowed",
        errors: [{ path: "endpoint_auth.token_url" }],
      };
      expect((await create({ endpoint_auth: endpointAuth })).body).toMatchObject(refused);
      const id = await createSubscription(api);
      expect((await patch(id, { endpoint_auth: endpointAuth })).body).toMatchObject(refused);
    },
  );

  test("does not go with an authorization header, in one request or in two", async () => {
    const auth = { endpoint_auth: { type: "bearer", token: "t" } };
    const headers = { headers: { authorization: "x" } };
    expect(mistakesIn((await create({ ...auth, ...headers })).body)).toEqual(["endpoint_auth: incompatible"]);
    for (const [first, second] of [
      [auth, headers],
      [headers, auth],
    ] as const) {
      const id = await createSubscription(api, first);
      expect(mistakesIn((await patch(id, second)).body)).toEqual(["endpoint_auth: incompatible"]);
    }
  });
});

test("a client certificate must belong to its key, on create and on update", async () => {
  const other = await (await createTestAuthority()).client("other");
  const wrong = { certificate: certificate.certificate, key: other.key };
  expect(mistakesIn((await create({ client_certificate: wrong })).body)).toEqual([
    "client_certificate.key: invalid_certificate",
  ]);
  const id = await createSubscription(api);
  const answer = await patch(id, { client_certificate: wrong });
  expect(mistakesIn(answer.body)).toEqual(["client_certificate.key: invalid_certificate"]);
  expect(answer.text).not.toContain(other.key.split("\n")[1]);
});

test.each([
  [{ amount: { $above: 1 } }, "filter.amount.$above"],
  [{ $or: [{ a: 1 }, { b: { $in: "x" } }] }, "filter.$or"],
  [{}, "filter"],
  [[], "filter"],
  ["amount > 1", "filter"],
])("a filter is checked when it is given: %j is refused at %s", async (filter, path) => {
  const answer = await create({ filter });
  expect(answer.status).toBe(422);
  expect(mistakesIn(answer.body)[0]).toContain(path);
});
