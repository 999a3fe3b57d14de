import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import { patternsOf, subscriptionRowId } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const url = "https://hooks.example.com/in";
const create = (body: object) =>
  api.send("POST", "/v1/subscriptions", { body: { name: "EMR Sync", url, ...body } });
const patch = (id: string, body: object) => api.send("PATCH", `/v1/subscriptions/${id}`, { body });

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
      where id = ${subscriptionRowId(String(answer.body.id))}`;
    expect(row?.shard).toBe(row?.expected);
  });

  test("shows a homograph as punycode, with a warning, here and whenever it is read", async () => {
    const answer = await create({ url: "https://аррӏе.com/in" });
    const shown = { url: "https://xn--80ak6aa92e.com/in", warnings: ["internationalised_host"] };
    expect(answer.body).toMatchObject({ ...shown, secret: expect.any(String) });
    expect((await api.send("GET", `/v1/subscriptions/${answer.body.id}`)).body).toMatchObject(shown);
    expect((await create({})).body.warnings).toEqual([]);
  });

  test.each([
    ["a single name", "order.paid", ["order.paid"]],
    ["a list with patterns, without repeats", ["order.*", "a.b.*", "order.*"], ["order.*", "a.b.*"]],
    ["everything", "*", ["*"]],
    ["an empty list, which means everything", [], ["*"]],
  ])("takes events as %s and explodes them for routing", async (_what, events, stored) => {
    const answer = await create({ events });
    expect(answer.body.events).toEqual(stored);
    const patterns = await patternsOf(api, String(answer.body.id));
    expect(patterns.map((row) => row.pattern)).toEqual([...stored].sort());
    expect(patterns.every((row) => !row.held)).toBe(true);
  });

  test("that starts inactive is held from the start", async () => {
    const answer = await create({ active: false });
    expect((await patternsOf(api, String(answer.body.id))).map((row) => row.held)).toEqual([true]);
  });

  test("of an account matches that account's events only", async () => {
    const answer = await create({ account_id: api.tenant.account });
    expect(answer.body.account_id).toBe(api.tenant.account);
    expect((await patternsOf(api, String(answer.body.id)))[0]?.account_id).toBe(api.tenant.accountId);
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
    ["a format we do not know", { payload_format: "xml" }, "payload_format"],
    ["a scheme we do not know", { signature_scheme: "stripe" }, "signature_scheme"],
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
    "public_key",
    "compatibility",
    "probes_until",
  ])("refuses the field %s: 422 unknown_field", async (field) => {
    expect((await create({ [field]: "x" })).body).toMatchObject({ status: 422, code: "unknown_field" });
  });
});
