import { createHash } from "node:crypto";
import { connect, migrations, type Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAcceptor } from "./accept.ts";
import type { ResourceDraft, Submission } from "./submission.ts";
import { createAesVault } from "./testing/aes-vault.ts";
import { resourceAad } from "./vault.ts";

const vault = createAesVault();
const acceptorOf = (pool: Sql) =>
  createAcceptor({ sql: pool, vault, waker: { wake() {} }, commitTimeoutMs: 60_000 });
let database: TestDatabase;
let sql: Sql;
let organizationId: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  sql = connect({ url: database.url, max: 4, applicationName: "resources-test" });
});
beforeEach(async () => {
  organizationId = newId(Date.now());
  await sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
});
afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database.drop();
});

interface Given extends Partial<ResourceDraft> {
  text?: string | null;
  key?: string | null;
  accountId?: string | null;
}

function submissionOf({ text = "{}", key = null, accountId = null, ...resource }: Given): Submission {
  const body = text === null ? null : Buffer.from(text);
  const draft = {
    id: newId(Date.now()),
    organizationId,
    accountId,
    type: "appointment.updated",
    sourceService: "test",
    occurredAt: new Date(0),
    body: Buffer.from("{}"),
  };
  const bodyHash = createHash("sha256")
    .update(text ?? "null")
    .digest();
  const given = { kind: "appointment", id: "appt_1", version: 1, body, ...resource };
  const events = [{ draft, key, bodyHash, resource: given }];
  return { organizationId, scope: organizationId, keyTtlDays: 1, inbound: null, events };
}

const store = (...given: Given[]) => {
  const acceptor = acceptorOf(sql);
  return Promise.all(given.map((one) => acceptor.submit(submissionOf(one))));
};

async function stored(id = "appt_1") {
  const [row] = await sql<
    { version: string; body: Buffer | null; etag: string; account_id: string | null; event_id: string }[]
  >`select * from resources where organization_id = ${organizationId} and resource_id = ${id}`;
  if (row === undefined) return null;
  const dataKey = await vault.dataKey(organizationId);
  const aad = resourceAad({ organizationId, kind: "appointment", id, version: row.version });
  return { ...row, text: row.body && dataKey.open(aad, row.body).toString() };
}

test("a resource is stored with its event, sealed for its version, byte for byte", async () => {
  const text = '{ "n": 9007199254740993, "a":1, "a":2, "s": "\\ud800" }';
  const [[accepted] = []] = await store({ text, version: 7 });
  const row = await stored();
  expect(row).toMatchObject({ version: "7", text, event_id: accepted?.eventId, account_id: null });
  expect(row?.etag).toBe(`"7-${accepted?.eventId.replaceAll("-", "")}"`);
  expect(row?.body?.includes("9007199254740993")).toBe(false);
});

test("a newer version replaces the older one; an equal or older one is ignored, in whatever order they come", async () => {
  await store({ version: 2, text: '{"v":2}' });
  await store({ version: 1, text: '{"v":1}' });
  await store({ version: 2, text: '{"v":"other"}' });
  expect(await stored()).toMatchObject({ version: "2", text: '{"v":2}' });
  await store({ version: 10, text: '{"v":10}' });
  expect(await stored()).toMatchObject({ version: "10", text: '{"v":10}' });
});

test("the newest version of one commit is kept", async () => {
  await store(...[3, 9, 4].map((version) => ({ version, text: `{"v":${version}}` })), {
    id: "appt_2",
    version: 1,
  });
  expect(await stored()).toMatchObject({ version: "9", text: '{"v":9}' });
  expect(await stored("appt_2")).toMatchObject({ version: "1" });
});

test("a body of null forgets the content and remembers the version", async () => {
  await store({ version: 1 });
  await store({ version: 2, text: null });
  await store({ version: 1, text: '{"late":true}' });
  expect(await stored()).toMatchObject({ version: "2", body: null });
});

test("a repeated event brings no resource: the first answer stands for both", async () => {
  await store({ key: "once", version: 1, text: '{"v":1}' });
  const [[again] = []] = await store({ key: "once", version: 2, text: '{"v":1}' });
  expect(again?.status).toBe("duplicate");
  expect(await stored()).toMatchObject({ version: "1" });
});

test("a resource stays with the account it was first published for", async () => {
  const accountId = newId(Date.now());
  await store({ version: 1, accountId, text: '{"v":1}' });
  await store({ version: 2, accountId: newId(Date.now()), text: '{"v":2}' });
  await store({ version: 3, text: '{"v":3}' });
  expect(await stored()).toMatchObject({ version: "1", account_id: accountId });
});

test("event and resource are stored together or not at all", async () => {
  const acceptor = acceptorOf(sql);
  const broken = submissionOf({ key: "broken", id: "a\u0000" });
  await expect(acceptor.submit(broken)).rejects.toThrow();
  const [row] = await sql`
    select (select count(*) from events where organization_id = ${organizationId})::int as events,
      (select count(*) from idempotency where scope = ${organizationId})::int as keys`;
  expect(row).toEqual({ events: 0, keys: 0 });
});

test("one resource the database cannot hold does not fail its neighbours", async () => {
  const acceptor = acceptorOf(sql);
  const outcomes = await Promise.allSettled([
    acceptor.submit(submissionOf({ id: "a\u0000" })),
    acceptor.submit(submissionOf({ id: "appt_1", version: 4 })),
  ]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "fulfilled"]);
  expect(await stored()).toMatchObject({ version: "4" });
});

test("many publishers of the same resources leave the newest version of each, and none waits for ever", async () => {
  const acceptors = [acceptorOf(sql), acceptorOf(sql)];
  const versions = Array.from({ length: 40 }, (_, n) => ((n * 17) % 40) + 1);
  await Promise.all(
    versions.flatMap((version, n) =>
      ["x", "y", "z"].map((id) =>
        acceptors[(n + id.charCodeAt(0)) % 2]?.submit(
          submissionOf({ id, version, text: `{"v":${version}}` }),
        ),
      ),
    ),
  );
  for (const id of ["x", "y", "z"]) expect(await stored(id)).toMatchObject({ text: '{"v":40}' });
});
