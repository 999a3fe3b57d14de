import { hash } from "node:crypto";
import { correctionAad, createAcceptor, discardDeadLetters, retryDeadLetters } from "@carewire/bus";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId, systemClock } from "@carewire/envelope";
import { createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyEncryptionKeysSchema } from "../env/schemas.ts";
import type { RunningService } from "../service/run-service.ts";
import { createVault, type ServiceVault } from "../vault/create-vault.ts";
import { createKeepMalformed } from "./keep-malformed.ts";
import { bindProvider, type RequestToMap } from "./provider.ts";
import { type RetryMalformedDeps, retryMalformed } from "./retry-malformed.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";
import {
  currentSecret,
  keyEncryptionKeys,
  organizationId,
  post,
  startTestIngress,
} from "./testing/start-test-ingress.ts";

let database: TestDatabase;
let vault: ServiceVault;
let service: RunningService;
let pool: Sql;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  vault = createVault({
    sql: database.sql,
    keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys),
  });
  service = await startTestIngress(database.serviceUrl);
  pool = connect({ url: database.serviceUrl, max: 4, applicationName: "retry-test" });
});
afterAll(async () => {
  await service.stop();
  await pool.end({ timeout: 1 });
  await database.drop();
});

/** Sends a request that cannot be mapped; returns its dead letter. */
async function bury(body: string): Promise<string> {
  expect((await post(service.url, body)).status).toBe(400);
  const [letter] = await database.sql<{ id: string }[]>`select id from dead_letters order by id desc limit 1`;
  return letter?.id ?? "";
}

async function retry(id: string, body: string | null): Promise<string> {
  const retryId = newId(Date.now());
  const dataKey = await vault.dataKey(organizationId);
  const sealedPayload = body === null ? null : dataKey.seal(correctionAad(retryId), Buffer.from(body));
  expect(
    await retryDeadLetters(database.sql, [{ deadLetterId: id, retryId, sealedPayload }], "key_1"),
  ).toEqual([id]);
  return retryId;
}

const depsOf = (provider: typeof ledgerProvider): RetryMalformedDeps => ({
  sql: pool,
  vault,
  acceptor: createAcceptor({ sql: pool, vault, waker: { wake() {} }, commitTimeoutMs: 60_000 }),
  clock: systemClock,
  service: "ingress-test",
  organizationId,
  providers: [bindProvider(provider, [currentSecret])],
  failpoint() {},
});

const letterOf = async (id: string) => (await database.sql`select * from dead_letters where id = ${id}`)[0];
const becomes = (id: string, status: string) =>
  eventually(async () => (await letterOf(id))?.status === status, { description: status });
const eventsOf = (key: string) => database.sql`
  select e.*, q.event_id is not null queued from idempotency i join events e on e.id = i.event_id
  left join route_queue q on q.event_id = e.id where i.key = ${key}`;

/** Reads plain text only, and needs the id that was signed. */
const telegrams: typeof ledgerProvider = {
  ...ledgerProvider,
  contentTypes: ["text/plain"],
  parse: (_rawBody, contentType) =>
    contentType === "text/plain" ? { ok: true, body: {} } : { ok: false, reason: "it is no text" },
  toEnvelopes({ messageId, nowMs }) {
    if (messageId === undefined) return { ok: false, reason: "it has no id" };
    const payload = Buffer.from("{}");
    const entry = { topic: "cari.ledger.entry_booked", key: messageId, occurredAt: new Date(nowMs), payload };
    return { ok: true, externalId: messageId, envelopes: [entry] };
  },
};

test("a corrected body takes the way of every other event, names its request, and the letter is resolved", async () => {
  const id = await bury('{"ident":"led_1"}');
  const { inbound_request_id: request } = (await letterOf(id)) ?? {};
  expect(await letterOf(id)).toMatchObject({
    cause: "malformed",
    consumer: null,
    source_id: expect.any(String),
  });
  await retry(id, '{"id":"led_1"}');
  await becomes(id, "resolved");
  expect(await letterOf(id)).toMatchObject({ resolved_by: "key_1", retries: 1 });
  expect(await eventsOf("led_1")).toMatchObject([
    {
      type: "cari.ledger.entry_booked",
      inbound_request_id: request,
      source_service: "ingress-test",
      queued: true,
    },
  ]);
});

test("what still cannot be mapped is open again and says why", async () => {
  const id = await bury('{"n":2}');
  const retryId = await retry(id, null);
  await becomes(id, "open");
  expect(await letterOf(id)).toMatchObject({ error: "it has no id", attempts: 1 });
  const [kept] = await database.sql`select outcome, error from dead_letter_retries where id = ${retryId}`;
  expect(kept).toEqual({ outcome: "failed", error: "it has no id" });
});

test("one whose event came in the meantime adds nothing; one whose id is another's says so", async () => {
  expect((await post(service.url, '{"id":"led_2"}')).status).toBe(200);
  const same = await bury('{"n":3}');
  await retry(same, '{"id":"led_2"}');
  await becomes(same, "resolved");
  const other = await bury('{"n":4}');
  await retry(other, '{"id":"led_2","n":4}');
  await becomes(other, "open");
  expect((await letterOf(other))?.error).toMatch(/another body/);
  expect(await eventsOf("led_2")).toHaveLength(1);
});

test("a process that ends after the event was stored leaves one event, and the letter is resolved by the next", async () => {
  const id = await bury('{"n":5}');
  await service.stop();
  await retry(id, '{"id":"led_5"}');
  const deps = depsOf(ledgerProvider);
  const crash = () => {
    throw new Error("killed here");
  };
  await expect(retryMalformed({ ...deps, failpoint: crash })).rejects.toThrow("killed here");
  expect(await eventsOf("led_5")).toHaveLength(1);
  expect(await letterOf(id)).toMatchObject({ status: "retrying" });
  expect(await Promise.all([retryMalformed(deps), retryMalformed(deps)])).toContain(true);
  expect(await letterOf(id)).toMatchObject({ status: "resolved" });
  expect(await eventsOf("led_5")).toHaveLength(1);
  expect(await retryMalformed(deps)).toBe(false);
});

test("one that nobody maps (any more) can be discarded while it waits, and is not mapped then", async () => {
  service = await startTestIngress(database.serviceUrl);
  const id = await bury('{"n":6}');
  await service.stop();
  await retry(id, '{"id":"led_6"}');
  const by = { discardedBy: "key_1", reason: "not ours" };
  expect(await discardDeadLetters(database.sql, [id], by)).toEqual([id]);
  service = await startTestIngress(database.serviceUrl);
  const other = await bury('{"n":7}');
  await retry(other, '{"id":"led_7"}');
  await becomes(other, "resolved");
  expect(await letterOf(id)).toMatchObject({ status: "discarded" });
  expect(await eventsOf("led_6")).toHaveLength(0);
});

test("one that its mapper throws on is open again and holds up none behind it", async () => {
  const [bad, good] = [await bury('{"n":8}'), await bury('{"n":9}')];
  await service.stop();
  await retry(bad, '{"id":"led_8"}');
  await retry(good, '{"id":"led_9"}');
  const fragile = {
    ...ledgerProvider,
    toEnvelopes(request: RequestToMap) {
      if (request.body.id === "led_8") throw new Error("a mistake of ours");
      return ledgerProvider.toEnvelopes(request);
    },
  };
  const deps = depsOf(fragile);
  while (await retryMalformed(deps)) {}
  expect(await letterOf(bad)).toMatchObject({ status: "open", error: "the ingress failed to read it" });
  expect(await letterOf(good)).toMatchObject({ status: "resolved" });
  service = await startTestIngress(database.serviceUrl);
});

test("one whose request is not kept any more is mapped as what it was sent as, under the id that was signed", async () => {
  const { source_id: sourceId } = (await letterOf(await bury('{"n":10}'))) ?? {};
  const rawBody = Buffer.from("a telegram");
  await createKeepMalformed({ sql: pool, vault, clock: systemClock })({
    organizationId,
    sourceId,
    topic: ledgerProvider.fallbackTopic,
    headers: { "content-type": "text/plain" },
    rawBody,
    bodyHash: hash("sha256", rawBody, "buffer"),
    reason: "it never stops",
    keyTtlDays: 1,
    messageId: "msg_10",
  });
  const [letter] = await database.sql<{ id: string; inbound_request_id: string }[]>`
    select id, inbound_request_id from dead_letters order by id desc limit 1`;
  const { id, inbound_request_id: requestId } = letter ?? { id: "", inbound_request_id: null };
  await database.sql`delete from inbound_requests where id = ${requestId}`;
  await service.stop();
  await retry(id, "STOP");
  expect(await retryMalformed(depsOf(telegrams))).toBe(true);
  expect(await letterOf(id)).toMatchObject({ status: "resolved" });
  expect(await eventsOf("msg_10")).toMatchObject([{ inbound_request_id: null, queued: true }]);
  service = await startTestIngress(database.serviceUrl);
});
