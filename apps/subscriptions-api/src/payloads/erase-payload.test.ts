import { deadLetterAad, inboundBodyAad } from "@carewire/bus";
import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSubscription, seedDelivery } from "../testing/seed-delivery.ts";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

const canary = "CANARYJaneDoe";

let api: TestApi;
let subscription: string;

beforeAll(async () => {
  api = await startTestApi();
  subscription = await createSubscription(api);
});
afterAll(() => api.stop());

const erase = (event: string, body: object = { reason: "asked for by the patient" }, key = api.tenant.key) =>
  api.send("DELETE", `/v1/events/${event}/payload`, { key, body });

/** An event that came with an inbound request, and a dead letter about it. */
async function publish(id: string): Promise<{ rowId: string; letterId: string; inboundId: string }> {
  const { organizationId } = api.tenant;
  const data = { order_id: canary, customer_id: "c" };
  await api.send("POST", "/v1/events", { body: { type: "order.paid", id, data } });
  const [row] = await api.sql<{ id: string }[]>`select id from events where external_id = ${id}`;
  const [rowId, letterId, inboundId] = [row?.id ?? "", newId(Date.now()), newId(Date.now())];
  const dataKey = await api.vault.dataKey(organizationId);
  const letter = dataKey.seal(deadLetterAad(letterId), Buffer.from(canary));
  const inbound = dataKey.seal(inboundBodyAad(inboundId), Buffer.from(canary));
  await api.sql`insert into dead_letters (id, organization_id, event_id, topic, cause, error, original_payload)
    values (${letterId}, ${organizationId}, ${rowId}, 'x', 'schema', 'x', ${letter})`;
  await api.sql`insert into dead_letter_retries (id, organization_id, dead_letter_id, payload, requested_by)
    values (${newId(Date.now())}, ${organizationId}, ${letterId}, ${letter}, 'test')`;
  await api.sql`insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes, body)
    values (${inboundId}, ${organizationId}, ${letterId}, 'accepted', '{}', 'x', 2, ${inbound})`;
  await api.sql`update events set inbound_request_id = ${inboundId} where id = ${rowId}`;
  return { rowId, letterId, inboundId };
}

test("an erased payload is gone for good, wherever a copy of it was kept, and the event says so", async () => {
  const { rowId, letterId, inboundId } = await publish("erased");
  const { id } = await seedDelivery(api, {
    subscription,
    eventId: rowId,
    status: 2,
    tries: [500, 200],
    responseBody: `you sent ${canary}`,
  });
  expect((await api.send("GET", "/v1/events/erased")).body).toMatchObject({ payload_erased: false });
  expect((await erase("erased")).body).toEqual({ id: "erased", payload_erased: true });

  const event = await api.send("GET", "/v1/events/erased");
  expect(event.body).toMatchObject({ payload_erased: true, type: "order.paid" });
  expect(event.body).not.toHaveProperty("payload");
  const delivery = await api.send("GET", `/v1/deliveries/${id}`);
  const attempts = await api.send("GET", `/v1/deliveries/${id}/attempts`);
  for (const { status, text } of [event, delivery, attempts]) {
    expect(status).toBe(200);
    expect(text).not.toContain(canary);
  }
  const [kept] = await api.sql`
    select (select body from event_payloads where id = ${rowId}) payload,
      (select body from inbound_requests where id = ${inboundId}) inbound,
      (select count(*)::int from attempts where response_body is not null) answers,
      (select payload from dead_letter_retries where dead_letter_id = ${letterId}) retry,
      (select original_payload from dead_letters where id = ${letterId}) letter`;
  expect(kept).toEqual({ payload: null, inbound: null, answers: 0, retry: null, letter: null });
});

test("an event whose request could not be read at first leaves nothing in that dead letter and its corrections", async () => {
  const { letterId, inboundId } = await publish("corrected");
  await api.sql`update dead_letters set event_id = null, inbound_request_id = ${inboundId}, source_id = ${letterId},
    status = 'resolved' where id = ${letterId}`;
  expect((await erase("corrected")).status).toBe(200);
  const [kept] = await api.sql`
    select original_payload letter, (select payload from dead_letter_retries where dead_letter_id = l.id) retry
    from dead_letters l where id = ${letterId}`;
  expect(kept).toEqual({ letter: null, retry: null });
});

test("it is on the audit chain with its reason, once, however often it is asked for", async () => {
  await publish("once");
  for (let n = 0; n < 3; n++) expect((await erase("once", { reason: "mistake" })).status).toBe(200);
  const rows = await api.sql`select action, detail from audit_log where target = 'once' order by seq`;
  expect(rows).toEqual([{ action: "payload.erased", detail: { reason: "mistake" } }]);
});

test("what is held fails at once, what is queued is due at once, what is finished stays as it is", async () => {
  const { rowId } = await publish("waiting");
  const held = await seedDelivery(api, { subscription, eventId: rowId, status: 1, tries: [500] });
  const queued = await seedDelivery(api, { subscription, eventId: rowId, status: 0, tries: [500] });
  const done = await seedDelivery(api, { subscription, eventId: rowId, status: 2, tries: [200] });
  await api.sql`update delivery_queue set due_at = now() + interval '2 hours' where id = ${queued.rowId}`;
  await erase("waiting");
  const rows = await api.sql`
    select d.id, d.status, d.attempts, q.due_at <= now() due from deliveries d left join delivery_queue q on q.id = d.id
    where d.event_id = ${rowId} order by d.id`;
  expect(rows).toEqual([
    { id: held.rowId, status: 3, attempts: 2, due: null },
    { id: queued.rowId, status: 0, attempts: 1, due: true },
    { id: done.rowId, status: 2, attempts: 1, due: null },
  ]);
  const [attempt] = await api.sql`
    select n, outcome, next_step from attempts where delivery_id = ${held.rowId} order by id desc limit 1`;
  expect(attempt).toEqual({ n: 2, outcome: "payload_erased", next_step: "failed" });
});

test.each<[string, object]>([
  ["without a reason", {}],
  ["with an empty one", { reason: "" }],
  ["with more than a reason", { reason: "x", cascade: true }],
])("it is refused %s, and nothing is erased", async (name, body) => {
  const id = `refused-${name.length}`;
  await publish(id);
  expect((await erase(id, body)).status).toBe(422);
  expect((await api.send("GET", `/v1/events/${id}`)).body).toMatchObject({ payload_erased: false });
});
