import { payloadAad } from "@carewire/bus";
import { parsePublicId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";
import { auditOf, patternsOf } from "../../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(() => api.probes.setStatus(200));
afterAll(() => api.stop());

const send = (body: unknown, key = api.tenant.key) => api.send("POST", "/webhook-events", { key, body });
const organization = () => publicId("org", api.tenant.organizationId);

/** Seed 3's sample, with an organization of ours. */
const sample = (more: object = {}) => ({
  organization: organization(),
  active: true,
  url: "https://example.com/webhook",
  events: "ping",
  ...more,
});

async function created(more: object = {}): Promise<string> {
  const answer = await send(sample(more));
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.id);
}

describe("creating a webhook", () => {
  test("takes seed 3's sample and answers with the webhook", async () => {
    const answer = await send(sample());
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^sub_/),
      organization: organization(),
      account: null,
      active: true,
      url: "https://example.com/webhook",
      events: ["ping"],
      secret: expect.stringMatching(/^whsec_/),
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  test("makes a subscription with MYCURE's body, for which only 200 counts, and which is signed", async () => {
    const id = await created({ events: ["medical-encounters.created"] });
    expect((await api.send("GET", `/v1/subscriptions/${id}`)).body).toMatchObject({
      payload_format: "event",
      success_codes: "200",
      signature_scheme: "standard-webhooks",
      events: ["medical-encounters.created"],
    });
  });

  test.each([
    ["ping", ["ping"], ["webhook.ping"]],
    ["medical-encounters", ["medical-encounters"], ["medical-encounters.*"]],
    ["medical-encounters.created", ["medical-encounters.created"], ["medical-encounters.created"]],
    [
      ["patients.updated", "medical-encounters", "ping"],
      ["patients.updated", "medical-encounters", "ping"],
      ["medical-encounters.*", "patients.updated", "webhook.ping"],
    ],
    ["*", ["*"], ["*"]],
  ])("events %j are shown as %j and routed by %j", async (events, shown, patterns) => {
    const answer = await send(sample({ events }));
    expect(answer.body.events).toEqual(shown);
    expect((await patternsOf(api, String(answer.body.id))).map(({ pattern }) => pattern)).toEqual(patterns);
  });

  test("may be on one account of the organization", async () => {
    const answer = await send(sample({ account: api.tenant.account }));
    expect(answer.body).toMatchObject({ account: api.tenant.account });
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    expect((await send(sample({ account: api.tenant.account }), key)).status).toBe(201);
    expect((await send(sample(), key)).body).toMatchObject({ name: "Forbidden", code: 403 });
  });

  test("that is not active is held until it is", async () => {
    const id = await created({ active: false });
    expect((await patternsOf(api, id))[0]).toMatchObject({ held: true });
  });

  test.each([
    ["no url", { url: undefined }, "url"],
    ["a private url", { url: "https://10.0.0.1/" }, "url"],
    ["no events", { events: undefined }, "events"],
    ["no events in the list", { events: [] }, "events"],
    ["a name that is none", { events: "Medical Encounters" }, "events"],
    ["no organization", { organization: undefined }, "organization"],
    ["another tenant's account", { account: "acc_x" }, "account"],
    ["a field MYCURE does not have", { headers: {} }, "headers"],
  ])("refuses %s as FeathersJS would", async (_what, more, field) => {
    const answer = await send(sample(more));
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toMatchObject({ name: "BadRequest", code: 400, className: "bad-request" });
    expect(Object.keys(answer.body.errors as object)).toEqual([
      expect.stringMatching(new RegExp(`^${field}`)),
    ]);
  });

  test.each(["org_01k9w3hd9ye0vtb0v4ecm0p5q7", "organization.id"])("on %s is a 404", async (other) => {
    const answer = await send(sample({ organization: other }));
    expect([answer.status, answer.body.name, answer.body.className]).toEqual([404, "NotFound", "not-found"]);
    const theirs = publicId("org", api.stranger.organizationId);
    expect((await send(sample({ organization: theirs }))).body).toEqual(answer.body);
  });
});

describe("pinging a webhook", () => {
  test("sends seed 3's body, whatever the webhook listens to, and says what came of it", async () => {
    const id = await created({ events: ["medical-encounters.created"] });
    const answer = await send({ webhook: id, event: "ping" });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^dlv_/),
      webhook: id,
      event: "ping",
      delivered: true,
      statusCode: 200,
      createdAt: expect.stringMatching(/Z$/),
    });
    const [event] = await api.sql<{ id: string; type: string; body: Buffer }[]>`
      select e.id, e.type, p.body from deliveries d join events e on e.id = d.event_id
      join event_payloads p on p.id = e.id where d.id = ${parsePublicId("dlv", String(answer.body.id))}`;
    const dataKey = await api.vault.dataKey(api.tenant.organizationId);
    expect(event?.type).toBe("ping");
    expect(JSON.parse(dataKey.open(payloadAad(event?.id ?? ""), event?.body as Buffer).toString())).toEqual({
      webhook: id,
    });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ action: "subscription.pinged" });
  });

  test("that fails is answered too", async () => {
    await api.probes.setStatus(500);
    const id = await created();
    expect((await send({ webhook: id, event: "ping" })).body).toMatchObject({
      delivered: false,
      statusCode: 500,
    });
  });

  test("of another tenant's webhook, or one made elsewhere, is a 404, and sends nothing", async () => {
    const own = await api.send("POST", "/v1/subscriptions", {
      body: { name: "x", url: "https://a.example.com/" },
    });
    const id = await created();
    for (const [webhook, key] of [
      [id, api.stranger.key],
      [String(own.body.id), api.tenant.key],
      ["webhook.id", api.tenant.key],
    ]) {
      expect((await send({ webhook, event: "ping" }, key)).body).toMatchObject({
        name: "NotFound",
        code: 404,
      });
    }
    expect((await auditOf(api, id)).map(({ action }) => action)).toEqual(["subscription.created"]);
  });

  test.each([
    ["another event", { webhook: "sub_x", event: "pong" }, "event"],
    ["no webhook", { event: "ping" }, "webhook"],
    ["no event", { webhook: "sub_x" }, "event"],
    [
      "a webhook to create at the same time",
      { webhook: "sub_x", event: "ping", url: "https://a.example.com" },
      "url",
    ],
  ])("refuses %s", async (_what, body, field) => {
    const answer = await send(body);
    expect(answer.body).toMatchObject({
      name: "BadRequest",
      code: 400,
      errors: { [field]: expect.any(String) },
    });
  });

  test("too often is a 429 that says when to come back", async () => {
    const id = await created();
    const startedAtMs = Date.now();
    let last = await send({ webhook: id, event: "ping" });
    let allowed = 0;
    for (; last.status !== 429; allowed++) last = await send({ webhook: id, event: "ping" });
    expect(allowed).toBeGreaterThanOrEqual(10);
    // One comes back every six seconds.
    expect(allowed).toBeLessThanOrEqual(10 + Math.floor((Date.now() - startedAtMs) / 6_000));
    expect(last.body).toMatchObject({ name: "TooManyRequests", code: 429 });
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

test("whatever goes wrong is told as FeathersJS would", async () => {
  const { key } = await api.tenant.createKey({ scopes: ["subscriptions:read"] });
  expect((await send(sample(), "cw_live_nobody")).body).toMatchObject({
    name: "NotAuthenticated",
    code: 401,
  });
  expect((await send(sample(), key)).body).toMatchObject({ name: "Forbidden", code: 403 });
  expect((await send("{")).body).toMatchObject({ name: "BadRequest", code: 400 });
  expect((await api.send("GET", "/webhook-events")).body).toMatchObject({
    name: "MethodNotAllowed",
    code: 405,
  });
});
