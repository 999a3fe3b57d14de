import { createHash } from "node:crypto";
import { connect, GroupCommitFull, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import {
  createTestDatabase,
  eventually,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
} from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Acceptor, CommitTimeout, createAcceptor } from "./accept.ts";
import type { Submission } from "./submission.ts";
import { createAesVault } from "./testing/aes-vault.ts";
import { inboundBodyAad, payloadAad } from "./vault.ts";

const organizationId = newId(Date.now());
const vault = createAesVault();
let database: TestDatabase;
let sourceId: string;
let proxy: TcpProxy;
let proxied: Sql;
let wakeUps = 0;
let acceptor: Acceptor;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  const server = new URL(database.url);
  proxy = await startTcpProxy({ target: { host: server.hostname, port: Number(server.port) } });
  server.hostname = proxy.host;
  server.port = String(proxy.port);
  proxied = connect({ url: server.href, max: 4, applicationName: "accept-test" });
});
beforeEach(() => {
  sourceId = newId(Date.now());
  wakeUps = 0;
  acceptor = createAcceptor({ sql: proxied, vault, waker, commitTimeoutMs: 60_000 });
});
afterAll(async () => {
  await proxied.end({ timeout: 1 });
  await proxy.close();
  await database.drop();
});

const waker = {
  wake() {
    wakeUps++;
  },
};

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

interface Request {
  key: string;
  text?: string;
  subject?: string;
}

/** A provider's request whose only event is the raw body itself. */
function submissionOf({ key, text = `{"key":"${key}"}`, subject }: Request): Submission {
  const body = Buffer.from(text);
  const inboundId = newId(Date.now());
  const draft = {
    id: newId(Date.now()),
    organizationId,
    type: "cari.test.happened",
    sourceService: "test",
    occurredAt: new Date(0),
    body,
    inboundRequestId: inboundId,
    subject,
  };
  const bodyHash = sha256(body);
  const headers = { "user-agent": 'quote " and \\' };
  return {
    organizationId,
    scope: sourceId,
    keyTtlDays: 1,
    inbound: { id: inboundId, sourceId, externalId: key, headers, bodyHash, body, keepsRepeats: true },
    events: [{ draft, key, bodyHash }],
  };
}

async function verdicts(): Promise<Record<string, number>> {
  const rows = await database.sql<{ verdict: string; n: number }[]>`
    select verdict, count(*)::int n from inbound_requests where source_id = ${sourceId} group by verdict`;
  return Object.fromEntries(rows.map((row) => [row.verdict, row.n]));
}

async function countStored() {
  const [row] = await database.sql<{ events: number; payloads: number; queued: number }[]>`
    select count(e.*)::int events, count(p.*)::int payloads, count(q.*)::int queued from inbound_requests r
    join events e on e.inbound_request_id = r.id left join event_payloads p on p.id = e.id
    left join route_queue q on q.event_id = e.id where r.source_id = ${sourceId}`;
  return row;
}

test("an accepted request is stored once: event, sealed payload, queue row and request, in one commit", async () => {
  const submission = submissionOf({ key: "one", text: '{"raw":"\\u0000 \u00e9"}' });
  const [acceptance] = await acceptor.submit(submission);
  const eventId = submission.events[0]?.draft.id ?? "";
  expect(acceptance).toEqual({ status: "accepted", eventId });
  expect(await countStored()).toEqual({ events: 1, payloads: 1, queued: 1 });
  const [row] = await database.sql`select body from event_payloads where id = ${eventId}`;
  const dataKey = await vault.dataKey(organizationId);
  expect(dataKey.open(payloadAad(eventId), row?.body)).toEqual(submission.inbound?.body);
  const [request] = await database.sql`select * from inbound_requests where source_id = ${sourceId}`;
  expect(request).toMatchObject({ verdict: "accepted", external_id: "one", body: null, body_bytes: 19 });
  expect(JSON.parse(request?.headers)).toEqual({ "user-agent": 'quote " and \\' });
  expect(request?.body_hash).toEqual(submission.inbound?.bodyHash);
  expect(wakeUps).toBe(1);
});

test("repeats of somebody whom nothing proves leave no rows", async () => {
  for (let n = 0; n < 3; n++) {
    const submission = submissionOf({ key: "unproven", text: n === 2 ? '{"other":true}' : '{"n":1}' });
    if (submission.inbound) submission.inbound.keepsRepeats = false;
    await acceptor.submit(submission);
  }
  expect(await verdicts()).toMatchObject({ accepted: 1 });
  expect(await verdicts()).not.toHaveProperty("duplicate");
  expect(await verdicts()).not.toHaveProperty("conflict");
});

test("50 concurrent copies are one event, whichever commits they land in", async () => {
  const copies = Array.from({ length: 50 }, () => submissionOf({ key: "copies" }));
  const second = createAcceptor({ sql: database.sql, vault, waker, batchMax: 7, commitTimeoutMs: 60_000 });
  const acceptances = (
    await Promise.all(copies.map((copy, i) => (i % 2 ? acceptor : second).submit(copy)))
  ).flat();
  expect(acceptances.filter(({ status }) => status === "accepted")).toHaveLength(1);
  expect(acceptances.filter(({ status }) => status === "duplicate")).toHaveLength(49);
  expect(new Set(acceptances.map(({ eventId }) => eventId)).size).toBe(1);
  expect(await countStored()).toEqual({ events: 1, payloads: 1, queued: 1 });
  expect(await verdicts()).toEqual({ accepted: 1, duplicate: 49 });
});

test("the same key with another body is a conflict: recorded with both hashes and its body, without effect", async () => {
  const first = submissionOf({ key: "twice", text: '{"amount":1}' });
  const other = submissionOf({ key: "twice", text: '{"amount":2}' });
  await acceptor.submit(first);
  const [conflict] = await acceptor.submit(other);
  expect(conflict).toEqual({ status: "conflict", eventId: first.events[0]?.draft.id });
  expect(await countStored()).toEqual({ events: 1, payloads: 1, queued: 1 });
  const [row] = await database.sql`
    select * from inbound_requests where source_id = ${sourceId} and verdict = 'conflict'`;
  expect(row?.reason).toContain(sha256(Buffer.from('{"amount":1}')).toString("hex"));
  expect(row?.reason).toContain(sha256(Buffer.from('{"amount":2}')).toString("hex"));
  const dataKey = await vault.dataKey(organizationId);
  expect(dataKey.open(inboundBodyAad(row?.id), row?.body).toString()).toBe('{"amount":2}');
});

test("a repeat names the event that was there already, whether its body is the same or another", async () => {
  const first = submissionOf({ key: "first" });
  await acceptor.submit(first);
  await acceptor.submit(submissionOf({ key: "first" }));
  await acceptor.submit(submissionOf({ key: "first", text: '{"other":1}' }));
  const rows = await database.sql`
    select verdict, repeat_of from inbound_requests where source_id = ${sourceId} order by id`;
  const repeatOf = first.events[0]?.draft.id;
  expect(rows).toEqual([
    { verdict: "accepted", repeat_of: null },
    { verdict: "duplicate", repeat_of: repeatOf },
    { verdict: "conflict", repeat_of: repeatOf },
  ]);
});

test("a request with a new event and a conflicting one stores the new one and is recorded as a conflict", async () => {
  await acceptor.submit(submissionOf({ key: "old", text: '{"v":1}' }));
  const mixed = submissionOf({ key: "new", text: '{"v":2}' });
  const clashing = submissionOf({ key: "old", text: '{"v":2}' }).events[0];
  if (clashing)
    mixed.events.push({ ...clashing, draft: { ...clashing.draft, inboundRequestId: mixed.inbound?.id } });
  const acceptances = await acceptor.submit(mixed);
  expect(acceptances.map(({ status }) => status)).toEqual(["accepted", "conflict"]);
  expect(await verdicts()).toEqual({ accepted: 1, conflict: 1 });
});

test("a request that carries several events keeps its own body once, sealed", async () => {
  const submission = submissionOf({ key: "part-1", text: '{"parts":[1,2]}' });
  const part = submission.events[0];
  if (part) part.draft.body = Buffer.from("1");
  await acceptor.submit(submission);
  const [row] = await database.sql`select id, body from inbound_requests where source_id = ${sourceId}`;
  const dataKey = await vault.dataKey(organizationId);
  expect(dataKey.open(inboundBodyAad(row?.id), row?.body).toString()).toBe('{"parts":[1,2]}');
});

test("a value the database cannot hold fails its own request only", async () => {
  const good = [submissionOf({ key: "good-1" }), submissionOf({ key: "good-2" })];
  const bad = submissionOf({ key: "bad", subject: "a\0b" });
  const results = await Promise.allSettled([...good, bad].map((submission) => acceptor.submit(submission)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(await countStored()).toEqual({ events: 2, payloads: 2, queued: 2 });
});

test("an organization whose data key cannot be used fails its own request only", async () => {
  const broken = newId(Date.now());
  const partly = createAcceptor({
    sql: database.sql,
    waker,
    vault: {
      async dataKey(id) {
        if (id === broken) throw Object.assign(new Error("its key is gone"), { name: "VaultError" });
        return vault.dataKey(id);
      },
    },
    commitTimeoutMs: 60_000,
  });
  const ofBroken = submissionOf({ key: "broken" });
  ofBroken.organizationId = broken;
  for (const { draft } of ofBroken.events) draft.organizationId = broken;
  const good = ["good-1", "good-2"].map((key) => submissionOf({ key }));
  const results = await Promise.allSettled([...good, ofBroken].map((one) => partly.submit(one)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  expect(await countStored()).toEqual({ events: 2, payloads: 2, queued: 2 });
});

test("a database that does not answer is a timeout for the caller, and the next one after it returns succeeds", async () => {
  await acceptor.submit(submissionOf({ key: "before" }));
  proxy.freeze();
  const impatient = createAcceptor({ sql: proxied, vault, waker, commitTimeoutMs: 500 });
  await expect(impatient.submit(submissionOf({ key: "frozen" }))).rejects.toThrow(CommitTimeout);
  proxy.restore();
  const [again] = await acceptor.submit(submissionOf({ key: "frozen" }));
  expect(["accepted", "duplicate"]).toContain(again?.status);
  expect(await countStored()).toEqual({ events: 2, payloads: 2, queued: 2 });
});

test("a lost connection rejects what was in flight, and the acceptor recovers by itself", async () => {
  proxy.cut();
  await expect(acceptor.submit(submissionOf({ key: "cut" }))).rejects.toThrow();
  proxy.restore();
  const [acceptance] = await eventually(() => acceptor.submit(submissionOf({ key: "cut" })));
  expect(acceptance?.status).toBe("accepted");
});

test("more waiting requests than allowed are refused at once", async () => {
  const small = createAcceptor({
    sql: database.sql,
    vault,
    waker,
    batchMax: 1,
    waitingMax: 3,
    commitTimeoutMs: 60_000,
  });
  const keys = ["w1", "w2", "w3", "w4", "w5"];
  const results = await Promise.allSettled(keys.map((key) => small.submit(submissionOf({ key }))));
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused.map((result) => result.reason)).toEqual([
    expect.any(GroupCommitFull),
    expect.any(GroupCommitFull),
  ]);
  await small.drain();
  expect(await countStored()).toEqual({ events: 3, payloads: 3, queued: 3 });
});
