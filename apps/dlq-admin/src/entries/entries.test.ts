import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
const userCreated = "cari.auth.user_created";

beforeAll(async () => {
  dlq = await startTestDlq();
  await dlq.startConsumer({
    consumer: "doctors.profiles",
    topics: [userCreated],
    handler: async () => undefined,
  });
  await dlq.startConsumer({
    consumer: "test.failing",
    topics: ["cari.test.failed"],
    handler: async () => {
      throw new Error("the roster is not there");
    },
  });
});
afterAll(() => dlq.stop());

const canary = "CANARYJaneDoe";
const broken = { user_id: canary, registration_role: "DOCTOR" };

test("an entry has seed 1's shape, and its payload keeps its structure without its values", async () => {
  const { id, rowId, eventId } = await dlq.bury(userCreated, broken);
  const { body } = await dlq.send("GET", `/admin/dlq?topic=${userCreated}`);
  const [entry] = body.data;
  expect(entry).toMatchObject({
    id,
    event_id: eventId,
    topic: userCreated,
    original_payload: '{"user_id":"[string]","registration_role":"[string]"}',
    error: "Failed to parse envelope: missing field 'email'",
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    consumer: "doctors.profiles",
    attempts: 1,
    cause: "schema",
    status: "open",
    masked: true,
  });
  expect((await dlq.send("GET", `/admin/dlq/${rowId}`)).body.id).toBe(id);
});

test("a detail has what is needed to fix it: what differs from the schema, the envelope, attempts, the chain, a hint", async () => {
  const { id, eventId } = await dlq.bury(userCreated, broken);
  const { body, text, headers } = await dlq.send("GET", `/admin/dlq/${id}`);
  expect(body).toMatchObject({
    schema_diff: [{ path: "email", problem: "missing field email", code: "invalid_type" }],
    envelope: {
      id: eventId,
      topic: userCreated,
      source_service: "test",
      payload: { user_id: "[string]", registration_role: "[string]" },
    },
    attempts: 1,
    attempt_history: [{ n: 1, outcome: "schema", next_step: "dead_letter" }],
    retry_history: [],
    lineage: {
      asked: { kind: "dead_letter", id },
      events: [{ id: eventId, deliveries: [{ consumer: "doctors.profiles", status: "failed" }] }],
      dead_letters: [{ id }],
    },
    hint: expect.stringContaining("corrected payload"),
  });
  expect(text).not.toContain(canary);
  expect(headers.get("cache-control")).toBe("no-store");
});

test("payloads are revealed with a reason only, and that is on the audit chain before the answer", async () => {
  const { id } = await dlq.bury(userCreated, broken);
  for (const path of [`/admin/dlq/${id}`, "/admin/dlq"]) {
    const refused = await dlq.send("GET", `${path}?reveal=true`);
    expect(refused.body).toMatchObject({ status: 422, errors: [{ path: "query.reason" }] });
    expect(refused.text).not.toContain(canary);
  }
  expect(await dlq.auditOf("dead_letter.revealed")).toEqual([]);
  const { body } = await dlq.send("GET", `/admin/dlq/${id}?reveal=true&reason=ticket%2012`);
  expect(body).toMatchObject({
    original_payload: JSON.stringify(broken),
    masked: false,
    envelope: { payload: broken },
  });
  const list = await dlq.send("GET", "/admin/dlq?reveal=1&reason=audit&limit=2");
  expect(list.text).toContain(canary);
  expect(await dlq.auditOf("dead_letter.revealed")).toMatchObject([
    { target: id, detail: { reason: "ticket 12" }, actor: expect.stringMatching(/^key_/) },
    { target: null, detail: { reason: "audit", dead_letters: expect.arrayContaining([id]) } },
  ]);
});

test("bytes that are no JSON, and a payload that was erased, are shown for what they are", async () => {
  const malformed = await dlq.bury(userCreated, "{");
  const { body } = await dlq.send("GET", `/admin/dlq/${malformed.id}`);
  expect(body).toMatchObject({
    cause: "malformed",
    original_payload: "[1 bytes that are not JSON]",
    envelope: { payload: null },
    schema_diff: [{ problem: "not valid JSON" }],
  });
  await dlq.sql`update dead_letters set original_payload = null where id = ${malformed.rowId}`;
  expect((await dlq.send("GET", `/admin/dlq/${malformed.id}`)).body).toMatchObject({
    original_payload: "",
    schema_diff: null,
  });
  const { body: list } = await dlq.send("GET", "/admin/dlq?limit=100");
  expect(list.data.find(({ id }) => id === malformed.id)).toMatchObject({ original_payload: "" });
});

test("a large payload is left out of lists and masked in its own entry", async () => {
  const { id } = await dlq.bury("cari.test.failed", { list: Array.from({ length: 30_000 }, () => canary) });
  const { body } = await dlq.send("GET", "/admin/dlq?topic=cari.test.failed&limit=1");
  expect(body.data[0]).toMatchObject({ id, original_payload: "[too large for a list; read the entry]" });
  const detail = await dlq.send("GET", `/admin/dlq/${id}`);
  expect(detail.body.original_payload).toContain("[… 29980 more]");
  expect(detail.text).not.toContain(canary);
});

test("lists are narrowed by topic, consumer, cause, time and status, and go on with a cursor", async () => {
  const { organizationId } = dlq.stranger;
  const sealed = Buffer.alloc(0);
  const key = await dlq.stranger.createKey();
  const at = (n: number) => newId(Date.parse("2026-05-01T00:00:00Z") + n * 60_000);
  const rows = Array.from({ length: 6 }, (_, n) => ({
    id: at(n),
    organization_id: organizationId,
    topic: n < 3 ? "cari.a.b" : "cari.c.d",
    consumer: n % 2 === 0 ? "even" : "odd",
    cause: n === 5 ? "schema" : "handler",
    error: "x",
    original_payload: sealed,
    status: n === 0 ? "resolved" : n === 1 ? "discarded" : "open",
    created_at: new Date(Date.parse("2026-05-01T00:00:00Z") + n * 60_000),
  }));
  await dlq.sql`insert into dead_letters ${dlq.sql(rows)}`;
  const list = async (query: string) => {
    const { status, body } = await dlq.send("GET", `/admin/dlq?${query}`, { key });
    expect(status).toBe(200);
    return (body.data as { id: string }[]).map((entry) =>
      rows.findIndex(({ id }) => publicId("dlq", id) === entry.id),
    );
  };
  expect(await list("")).toEqual([5, 4, 3, 2]);
  expect(await list("status=all")).toEqual([5, 4, 3, 2, 1, 0]);
  expect(await list("status=discarded")).toEqual([1]);
  expect(await list("topic=cari.a.b&status=all")).toEqual([2, 1, 0]);
  expect(await list("consumer=odd")).toEqual([5, 3]);
  expect(await list("cause=schema")).toEqual([5]);
  expect(await list("since=2026-05-01T00:03:00Z&until=2026-05-01T00:05:00Z")).toEqual([4, 3]);
  const first = (await dlq.send("GET", "/admin/dlq?limit=3", { key })).body;
  const next = (await dlq.send("GET", `/admin/dlq?limit=3&cursor=${first.next_cursor}`, { key })).body;
  expect(next.data).toHaveLength(1);
  expect(next.next_cursor).toBeNull();
  const foreign = await dlq.send("GET", `/admin/dlq?limit=3&cursor=${first.next_cursor}`);
  const narrowed = await dlq.send("GET", `/admin/dlq?limit=3&topic=x&cursor=${first.next_cursor}`, { key });
  const forged = await dlq.send("GET", "/admin/dlq?cursor=AAAA", { key });
  for (const answer of [foreign, narrowed, forged])
    expect(answer.body).toMatchObject({ status: 400, code: "invalid_cursor" });
  for (const bad of ["status=x", "since=yesterday", "limit=0", "topic=%00", "consumer=%00", "cause=%00"]) {
    expect((await dlq.send("GET", `/admin/dlq?${bad}`, { key })).status).toBe(422);
  }
});

test("depth says how many are open, since when, and whether that is too many or too long; groups say why", async () => {
  const key = await dlq.stranger.createKey();
  const depth = async () => (await dlq.send("GET", "/admin/dlq/depth", { key })).body;
  expect(await depth()).toEqual({ depth: 4, alert: true, oldest_event: "2026-05-01T00:02:00.000Z" });
  await dlq.sql`update dead_letters set created_at = now() where organization_id = ${dlq.stranger.organizationId}`;
  await dlq.sql`update dead_letters set status = 'resolved' where organization_id = ${dlq.stranger.organizationId}
    and cause = 'schema'`;
  expect(await depth()).toMatchObject({ depth: 3, alert: true });
  const groups = await dlq.send("GET", "/admin/dlq/groups", { key });
  expect(groups.body).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({
        cause: "handler",
        topic: "cari.a.b",
        consumer: "even",
        count: 1,
        error: "x",
      }),
      expect.objectContaining({ cause: "handler", topic: "cari.c.d", consumer: "odd", count: 1 }),
    ]),
    truncated: false,
  });
  await dlq.sql`update dead_letters set status = 'discarded' where organization_id = ${dlq.stranger.organizationId}
    and consumer = 'odd'`;
  expect(await depth()).toMatchObject({ depth: 2, alert: false });
  await dlq.sql`update dead_letters set status = 'discarded' where organization_id = ${dlq.stranger.organizationId}`;
  expect(await depth()).toEqual({ depth: 0, alert: false, oldest_event: null });
});

test("no payload is in the logs", async () => {
  await dlq.bury("cari.test.failed", { name: canary });
  await dlq.send("GET", "/admin/dlq?reveal=1&reason=x");
  expect(dlq.logs()).not.toContain(canary);
});
