import { type ConsumerHandler, deadLetterAad } from "@carewire/bus";
import { newId, publicId } from "@carewire/envelope";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
let isFixed: boolean;
let seen: unknown[];
const topic = "cari.auth.user_created";
const good = { user_id: "u-1", email: "a@b.org", registration_role: "DOCTOR" };

const handler: ConsumerHandler<Record<string, unknown>> = async (_tx, { payload }, context) => {
  if (!isFixed) throw new Error("not yet");
  seen.push([context.eventId, payload]);
  return undefined;
};

beforeAll(async () => {
  dlq = await startTestDlq();
  await dlq.startConsumer({ consumer: "test.users", topics: [topic], handler });
  await dlq.startConsumer({ consumer: "test.neighbour", topics: [topic], handler: async () => undefined });
});
afterAll(() => dlq.stop());
beforeEach(() => {
  isFixed = false;
  seen = [];
});

/** A dead letter of `test.users` only: its neighbour took the event. */
async function bury(payload: unknown = good) {
  const letter = await dlq.bury(topic, payload);
  // What both refuse may be buried by either first.
  const { id: rowId } = await eventually(async () => {
    const [row] = await dlq.sql<{ id: string }[]>`
      select id from dead_letters where event_id = ${letter.eventId} and consumer = 'test.users'`;
    return row;
  });
  await dlq.sql`delete from dead_letters where event_id = ${letter.eventId} and consumer = 'test.neighbour'`;
  return { ...letter, rowId, id: publicId("dlq", rowId) };
}

const retry = (id: string, body?: object) => dlq.send("POST", `/admin/dlq/${id}/retry`, { body });
const read = async (id: string) => (await dlq.send("GET", `/admin/dlq/${id}`)).body;
const becomes = (id: string, status: string) =>
  eventually(async () => (await read(id)).status === status, { description: `${id} is ${status}` });

test("a retry goes to the consumer that failed and no other; when it took effect the entry is resolved, by name", async () => {
  const { id, eventId } = await bury();
  isFixed = true;
  const answer = await retry(id, { reason: "fixed in 1.2.3" });
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ id, status: "retrying", retries: 1, masked: true });
  await becomes(id, "resolved");
  expect(seen).toEqual([[eventId, good]]);
  const { retry_history: history, attempt_history: attempts, resolved_by: by } = await read(id);
  expect(history).toMatchObject([{ outcome: "resolved", corrected_payload: null, requested_by: by }]);
  expect(attempts).toMatchObject([{ outcome: "error" }, { outcome: "ok", next_step: "delivered" }]);
  const deliveries = await dlq.sql`select c.name, count(*)::int n from deliveries d
    join consumers c on c.id = d.destination_id where event_id = ${eventId} group by 1 order by 1`;
  expect(deliveries).toEqual([
    { name: "test.neighbour", n: 1 },
    { name: "test.users", n: 2 },
  ]);
  const audited = await dlq.auditOf("dead_letter.retried");
  expect(audited.find(({ target }) => target === id)).toMatchObject({
    actor: by,
    detail: { corrected: false, reason: "fixed in 1.2.3" },
  });
});

test("two clicks run it once: the second is 409, also when they come at the same moment", async () => {
  const { id } = await bury();
  isFixed = true;
  const answers = await Promise.all(Array.from({ length: 6 }, () => retry(id)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409, 409]);
  await becomes(id, "resolved");
  expect(seen).toHaveLength(1);
  const late = await retry(id);
  expect(late.body).toMatchObject({
    status: 409,
    code: "conflict",
    detail: expect.stringContaining("resolved already"),
  });
  expect(seen).toHaveLength(1);
});

test("a corrected payload is what the consumer gets; both are kept, and shown masked", async () => {
  const { id, eventId } = await bury({ user_id: "u-1", registration_role: "DOCTOR" });
  isFixed = true;
  expect((await retry(id, { payload: good })).status).toBe(202);
  await becomes(id, "resolved");
  expect(seen).toEqual([[eventId, good]]);
  const entry = await read(id);
  expect(entry.original_payload).toBe('{"user_id":"[string]","registration_role":"[string]"}');
  expect(entry.retry_history).toMatchObject([
    {
      outcome: "resolved",
      corrected_payload: '{"user_id":"[string]","email":"[string]","registration_role":"[string]"}',
    },
  ]);
  const revealed = await dlq.send("GET", `/admin/dlq/${id}?reveal=1&reason=x`);
  expect(revealed.body.retry_history).toMatchObject([{ corrected_payload: JSON.stringify(good) }]);
});

test("a corrected payload may be text, which is kept byte for byte", async () => {
  const { id } = await bury({});
  isFixed = true;
  const text =
    '{ "user_id": "u-1", "email": "a@b.org", "registration_role": "DOCTOR", "big": 9007199254740993 }';
  expect((await retry(id, { payload: text })).status).toBe(202);
  const revealed = await dlq.send("GET", `/admin/dlq/${id}?reveal=1&reason=x`);
  expect(revealed.body.retry_history).toMatchObject([{ corrected_payload: text }]);
});

test.each([
  ["lacks a field still", { payload: { user_id: "u-1" } }, "payload.email"],
  ["is no object", { payload: "[1]" }, "payload"],
  ["is no JSON", { payload: "{nope" }, "payload"],
])("a corrected payload that %s is refused, and nothing is queued", async (_name, body, path) => {
  const { id } = await bury({ user_id: "u-1" });
  const answer = await retry(id, body);
  expect(answer.status).toBe(422);
  expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
  expect(await read(id)).toMatchObject({ status: "open", retries: 0 });
});

test("what fails again is open again, with what went wrong this time and all its attempts", async () => {
  const { id } = await bury();
  expect((await retry(id)).status).toBe(202);
  await becomes(id, "open");
  expect(await read(id)).toMatchObject({
    status: "open",
    attempts: 2,
    retries: 1,
    retry_history: [{ outcome: "failed", error: "Error: not yet" }],
  });
  isFixed = true;
  expect((await retry(id)).status).toBe(202);
  await becomes(id, "resolved");
});

test("a discarded entry stays readable with who did it and why, and cannot be retried or discarded again", async () => {
  const { id } = await bury();
  expect((await dlq.send("DELETE", `/admin/dlq/${id}`)).body).toMatchObject({
    status: 422,
    errors: [{ path: "reason" }],
  });
  const answer = await dlq.send("DELETE", `/admin/dlq/${id}`, { body: { reason: "a test account" } });
  expect(answer.status).toBe(200);
  expect(await read(id)).toMatchObject({
    status: "discarded",
    resolution: "a test account",
    resolved_by: expect.stringMatching(/^key_/),
  });
  expect((await retry(id)).status).toBe(409);
  expect((await dlq.send("DELETE", `/admin/dlq/${id}?reason=again`)).status).toBe(409);
  const audited = await dlq.auditOf("dead_letter.discarded");
  expect(audited).toMatchObject([{ target: id, detail: { reason: "a test account" } }]);
});

test("without its consumer an entry is 409 with what to do, and stays open", async () => {
  const { id, rowId } = await bury();
  await dlq.sql`update dead_letters set consumer = 'gone.consumer' where id = ${rowId}`;
  const answer = await retry(id);
  expect(answer.body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("gone.consumer is not registered"),
  });
  expect(await read(id)).toMatchObject({ status: "open", retries: 0 });
});

/** A dead letter of an ingress, of a request that came as this media type. */
async function buryRequest(contentType: string): Promise<string> {
  const { organizationId } = dlq.tenant;
  const [sourceId, requestId, letterId] = [newId(Date.now()), newId(Date.now()), newId(Date.now())];
  const sealed = (await dlq.vault.dataKey(organizationId)).seal(deadLetterAad(letterId), Buffer.from("MSH"));
  await dlq.sql`insert into sources (id, organization_id, provider, name)
    values (${sourceId}, ${organizationId}, 'hl7v2', ${sourceId})`;
  await dlq.sql`
    insert into inbound_requests (id, organization_id, source_id, verdict, headers, body_hash, body_bytes)
    values (${requestId}, ${organizationId}, ${sourceId}, 'malformed', ${JSON.stringify({ "content-type": contentType })},
      ${Buffer.alloc(32)}, 3)`;
  await dlq.sql`
    insert into dead_letters (id, organization_id, inbound_request_id, source_id, topic, cause, error, original_payload)
    values (${letterId}, ${organizationId}, ${requestId}, ${sourceId}, 'x.y', 'malformed', 'e', ${sealed})`;
  return publicId("dlq", letterId);
}

test("a request that was no JSON is corrected in the format it was sent in, byte for byte", async () => {
  const message = "MSH|^~\\&|LAB\rPID|1||pat_1\r";
  const id = await buryRequest("x-application/hl7-v2+er7; charset=utf-8");
  expect((await retry(id, { payload: message })).status).toBe(202);
  const revealed = await dlq.send("GET", `/admin/dlq/${id}?reveal=1&reason=x`);
  expect(revealed.body.retry_history).toMatchObject([{ corrected_payload: message }]);
});

test.each(["application/json; charset=utf-8", "application/webhook+json"])(
  "a request that was sent as %s is corrected as JSON only",
  async (contentType) => {
    const id = await buryRequest(contentType);
    expect((await retry(id, { payload: "MSH|" })).status).toBe(422);
    expect((await retry(id, { payload: '{"id":"evt_1"}' })).status).toBe(202);
  },
);
