import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";
import type { TestTenant } from "../testing/test-tenant.ts";

let api: TestApi;
let chain: Chain;
beforeAll(async () => {
  api = await startTestApi();
  chain = await seedChain();
});
afterAll(() => api.stop());

/** Row ids of one whole chain. */
interface Chain {
  request: string;
  internal: string;
  caused: string;
  delivery: string;
  consumerDelivery: string;
  attempt: string;
  letter: string;
}

async function insertEvent(tenant: TestTenant, type: string, more: object = {}): Promise<string> {
  const id = newId(Date.now());
  const row = {
    id,
    organization_id: tenant.organizationId,
    type,
    source_service: "test",
    occurred_at: new Date(),
    body_bytes: 2,
    ...more,
  };
  await api.sql`insert into events ${api.sql(row)}`;
  return id;
}

/** Request → internal event → (dead letter of a consumer) and public event → delivery → attempts. */
async function seedChain(tenant = api.tenant): Promise<Chain> {
  const { organizationId } = tenant;
  const [request, source, consumer, consumerDelivery, letter] = Array.from({ length: 5 }, () =>
    newId(Date.now()),
  ) as [string, string, string, string, string];
  await api.sql`insert into sources (id, organization_id, provider, name)
    values (${source}, ${organizationId}, 'stripe', 'default')`;
  await api.sql`insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes)
    values (${request}, ${organizationId}, ${source}, 'accepted', '{}', 'x', 2)`;
  await api.sql`insert into consumers (id, name) values (${consumer}, ${`billing.${letter}`})`;
  const internal = await insertEvent(tenant, "cari.payments.received", { inbound_request_id: request });
  const caused = await insertEvent(tenant, "payment.failed", { caused_by: internal });
  await api.sql`insert into deliveries (id, organization_id, event_id, destination_id, destination_kind, status, attempts)
    values (${consumerDelivery}, ${organizationId}, ${internal}, ${consumer}, 1, 3, 1)`;
  await api.sql`insert into dead_letters (id, organization_id, event_id, delivery_id, consumer, topic, cause, error,
      original_payload) values (${letter}, ${organizationId}, ${internal}, ${consumerDelivery}, 'billing', 'cari.x',
      'handler', 'Error: x', 'x')`;
  const subscription = await createSubscription(api, {}, tenant.key);
  const { rowId: delivery } = await seedDelivery(api, {
    tenant,
    subscription,
    eventId: caused,
    status: 3,
    tries: [500, 503],
  });
  const [attempt] = await api.sql<
    { id: string }[]
  >`select id from attempts where delivery_id = ${delivery} limit 1`;
  return { request, internal, caused, delivery, consumerDelivery, attempt: attempt?.id ?? "", letter };
}

const idsOf = ({
  request,
  internal,
  caused,
  delivery,
  consumerDelivery,
  attempt,
  letter,
}: Chain): string[] => [
  publicId("inr", request),
  internal,
  publicId("evt", internal),
  publicId("evt", caused),
  publicId("dlv", delivery),
  publicId("dlv", consumerDelivery),
  publicId("att", attempt),
  publicId("dlq", letter),
];

const read = (id: string, key?: string) => api.send("GET", `/v1/lineage/${id}`, { key });

test("from any part of it one call returns the whole chain", async () => {
  const { asked: _asked, ...whole } = (await read(publicId("inr", chain.request))).body;
  expect(whole).toMatchObject({
    inbound_request: { id: publicId("inr", chain.request), provider: "stripe", verdict: "accepted" },
    events: [
      {
        id: chain.internal,
        type: "cari.payments.received",
        caused_by: null,
        deliveries: [{ id: publicId("dlv", chain.consumerDelivery), status: "failed", attempts: [] }],
      },
      {
        id: publicId("evt", chain.caused),
        type: "payment.failed",
        caused_by: chain.internal,
        deliveries: [
          {
            id: publicId("dlv", chain.delivery),
            attempts: [
              { n: 1, response_code: 500 },
              { n: 2, response_code: 503 },
            ],
          },
        ],
      },
    ],
    dead_letters: [{ id: publicId("dlq", chain.letter), event_id: chain.internal, cause: "handler" }],
    truncated: false,
  });
  for (const id of idsOf(chain)) {
    const { asked, ...rest } = (await read(id)).body;
    expect(rest, id).toEqual(whole);
    expect(asked, id).toMatchObject({ id: id === publicId("evt", chain.internal) ? chain.internal : id });
  }
});

/** A request that repeats another: of an event, or of a dead letter. */
async function seedRepeat(of: string, verdict: string, tenant = api.tenant): Promise<string> {
  const id = newId(Date.now());
  await api.sql`insert into inbound_requests
      (id, organization_id, source_id, verdict, headers, body_hash, body_bytes, repeat_of)
    values (${id}, ${tenant.organizationId}, ${newId(Date.now())}, ${verdict}, '{}', 'x', 2, ${of})`;
  return publicId("inr", id);
}

test("a repeated request, though no event is its own, leads to the chain of the one that came first", async () => {
  const {
    asked: _asked,
    inbound_request: _first,
    ...whole
  } = (await read(publicId("inr", chain.request))).body;
  const repeat = await seedRepeat(chain.internal, "duplicate");
  const { asked, inbound_request: request, ...rest } = (await read(repeat)).body;
  expect(rest).toEqual(whole);
  expect(asked).toEqual({ kind: "inbound_request", id: repeat });
  const repeatOf = publicId("inr", chain.request);
  expect(request).toMatchObject({ id: repeat, verdict: "duplicate", repeat_of: repeatOf });
});

test("a repeat of a request that nobody could read leads to its dead letter", async () => {
  const [letter, first] = [newId(Date.now()), newId(Date.now())];
  await api.sql`insert into dead_letters (id, organization_id, inbound_request_id, topic, cause, error, original_payload)
    values (${letter}, ${api.tenant.organizationId}, ${first}, 'cari.x', 'malformed', 'it has no id', 'x')`;
  expect((await read(await seedRepeat(letter, "malformed"))).body).toMatchObject({
    inbound_request: { verdict: "malformed", repeat_of: publicId("inr", first) },
    dead_letters: [{ id: publicId("dlq", letter) }],
  });
});

test("another tenant has no part of it", async () => {
  for (const id of idsOf(chain)) expect((await read(id, api.stranger.key)).status, id).toBe(404);
  const foreign = await seedChain(api.stranger);
  const text = (await read(publicId("inr", foreign.request), api.stranger.key)).text;
  for (const id of idsOf(chain)) expect(text).not.toContain(id);
});

test("who may not know of internal events sees neither them nor their deliveries nor dead letters, but what they caused", async () => {
  const { key } = await api.tenant.createKey({ scopes: ["events:read"] });
  const { body, text } = await read(publicId("evt", chain.caused), key);
  expect(body).toMatchObject({
    inbound_request: { id: publicId("inr", chain.request) },
    events: [{ id: publicId("evt", chain.caused), caused_by: null }],
    dead_letters: [],
  });
  expect(text).not.toContain("cari.");
  for (const hidden of [
    chain.internal,
    publicId("dlv", chain.consumerDelivery),
    publicId("dlq", chain.letter),
  ]) {
    expect((await read(hidden, key)).status).toBe(404);
  }
});

test("a key of an account sees the account's events and deliveries only", async () => {
  const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
  for (const id of idsOf(chain)) expect((await read(id, key)).status, id).toBe(404);
  const own = await insertEvent(api.tenant, "order.paid", {
    account_id: api.tenant.accountId,
    inbound_request_id: chain.request,
  });
  const { body, text } = await read(publicId("evt", own), key);
  expect(body).toMatchObject({ events: [{ id: publicId("evt", own) }], dead_letters: [] });
  expect(text).not.toContain(publicId("evt", chain.caused));
  await api.sql`delete from events where id = ${own}`;
});

test("a publisher's own id finds the event's chain", async () => {
  await api.send("POST", "/v1/events", { body: { type: "x.done", data: {}, id: "my-id" } });
  expect((await read("my-id")).body).toMatchObject({
    asked: { kind: "event", id: "my-id" },
    events: [{ id: "my-id" }],
  });
});

test("however many came with one request, the chain is bounded, says so, and holds what was asked for", async () => {
  const request = newId(Date.now());
  const { organizationId } = api.tenant;
  await api.sql`insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes)
    values (${request}, ${organizationId}, ${newId(Date.now())}, 'accepted', '{}', 'x', 2)`;
  const rows = Array.from({ length: 300 }, () => ({
    id: newId(Date.now()),
    organization_id: organizationId,
    type: "message.received",
    source_service: "test",
    occurred_at: new Date(),
    body_bytes: 2,
    inbound_request_id: request,
  }));
  await api.sql`insert into events ${api.sql(rows)}`;
  const last = rows.at(-1)!.id;
  const { body } = await read(publicId("evt", last));
  const shown = (body.events as { id: string }[]).map(({ id }) => id);
  expect(body.truncated).toBe(true);
  expect(shown).toHaveLength(200);
  expect(shown).toContain(publicId("evt", last));
  const loop = await insertEvent(api.tenant, "x.done");
  await api.sql`update events set caused_by = ${loop} where id = ${loop}`;
  expect((await read(publicId("evt", loop))).body.events).toHaveLength(1);
});
