import { type Scope, scopes } from "@carewire/contracts";
import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";
import type { TestTenant } from "../testing/test-tenant.ts";

let dlq: TestDlq;
let own: string;
let theirs: string;

beforeAll(async () => {
  dlq = await startTestDlq();
  await dlq.sql`insert into consumers (id, name) values (${newId(Date.now())}, 'test.consumer')`;
  await dlq.sql`insert into consumer_topics (topic, consumer_id) select 'cari.x.y', id from consumers`;
});
afterAll(() => dlq.stop());

async function insertLetter({ organizationId }: TestTenant): Promise<string> {
  const [id, eventId] = [newId(Date.now()), newId(Date.now())];
  const payload = (await dlq.vault.dataKey(organizationId)).seal(
    `dead_letters:${id}`,
    Buffer.from('{"a":1}'),
  );
  await dlq.sql`insert into events (id, organization_id, type, source_service, occurred_at, body_bytes)
    values (${eventId}, ${organizationId}, 'cari.x.y', 'test', now(), 2)`;
  await dlq.sql`insert into dead_letters (id, organization_id, event_id, consumer, topic, cause, error, original_payload)
    values (${id}, ${organizationId}, ${eventId}, 'test.consumer', 'cari.x.y', 'handler', 'Error: x', ${payload})`;
  return publicId("dlq", id);
}

beforeEach(async () => {
  own = await insertLetter(dlq.tenant);
  theirs = await insertLetter(dlq.stranger);
});

const since = "2026-01-01T00:00:00Z";
const filter = { topic: "cari.x.y" };
const requests: [string, (id: string) => string, object | undefined, Scope][] = [
  ["GET", () => "/admin/dlq", undefined, "dlq:admin"],
  ["GET", () => "/admin/dlq/depth", undefined, "dlq:admin"],
  ["GET", () => "/admin/dlq/groups", undefined, "dlq:admin"],
  ["GET", (id) => `/admin/dlq/${id}`, undefined, "dlq:admin"],
  ["GET", (id) => `/admin/dlq/${id}?reveal=1&reason=x`, undefined, "dlq:admin"],
  ["POST", (id) => `/admin/dlq/${id}/retry`, {}, "dlq:admin"],
  ["DELETE", (id) => `/admin/dlq/${id}?reason=x`, undefined, "dlq:admin"],
  ["POST", () => "/admin/dlq/retry", { filter }, "dlq:admin"],
  ["POST", () => "/admin/dlq/discard", { filter, reason: "x" }, "dlq:admin"],
  ["GET", (id) => `/admin/lineage/${id}`, undefined, "dlq:admin"],
  ["GET", (id) => `/v1/lineage/${id}`, undefined, "dlq:admin"],
  ["GET", () => "/admin/consumers", undefined, "dlq:admin"],
  ["POST", () => "/admin/consumers/test.consumer/replay", { topic: "cari.x.y", since }, "dlq:admin"],
  ["POST", () => "/admin/consumers/test.consumer/pause", { reason: "x" }, "platform:admin"],
  ["POST", () => "/admin/consumers/test.consumer/resume", { reason: "x" }, "platform:admin"],
  ["DELETE", () => "/admin/consumers/test.consumer", { reason: "x" }, "platform:admin"],
];

/** Everything there is of a tenant, to show that nothing moved. */
const stateOf = async ({ organizationId }: TestTenant) => {
  const rows = await dlq.sql`
    select to_jsonb(l)::text row from dead_letters l where organization_id = ${organizationId}
    union all select to_jsonb(d)::text from deliveries d where organization_id = ${organizationId}
    union all select to_jsonb(q)::text from delivery_queue q where organization_id = ${organizationId}
    union all select to_jsonb(a)::text from audit_log a where organization_id = ${organizationId} order by 1`;
  return rows.map(({ row }) => row);
};

describe.each(requests)("%s %s", (method, path, body, scope) => {
  test("needs a key that is known: 401", async () => {
    for (const key of ["", "cw_live_0123456789012345678901234567890123456789"]) {
      expect((await dlq.send(method, path(own), { key, body })).status).toBe(401);
    }
  });

  test("needs its scope, and no other will do: 403", async () => {
    const key = await dlq.tenant.createKey({ scopes: scopes.filter((other) => other !== scope) });
    const answer = await dlq.send(method, path(own), { key, body });
    expect(answer.body).toMatchObject({ status: 403, code: "insufficient_scope" });
  });

  test("is not for keys of an account: 403, and nothing moves", async () => {
    const before = await stateOf(dlq.tenant);
    const key = await dlq.tenant.createKey({ scopes: [...scopes], accountId: dlq.tenant.accountId });
    expect((await dlq.send(method, path(own), { key, body })).status).toBe(403);
    expect(await stateOf(dlq.tenant)).toEqual(before);
  });

  test("knows and changes nothing of another organization", async () => {
    const before = await stateOf(dlq.stranger);
    const answer = await dlq.send(method, path(theirs), { body });
    if (path("") !== path(theirs)) expect(answer.status, answer.text).toBe(404);
    else expect(answer.text).not.toContain(theirs);
    expect(await stateOf(dlq.stranger)).toEqual(before);
  });
});

test("an organization that is named must be the key's own; with platform:admin it may be any, and without one it is all", async () => {
  const ids = async (query: string, key?: string) => {
    const { status, body } = await dlq.send("GET", `/admin/dlq?limit=200&status=open${query}`, { key });
    return status === 200 ? body.data.map((entry: { id: string }) => entry.id) : status;
  };
  expect(await ids(`&organization_id=${dlq.tenant.organization}`)).toContain(own);
  expect(await ids(`&organization_id=${dlq.stranger.organization}`)).toBe(403);
  expect(await ids("&organization_id=nonsense")).toBe(403);
  const all = await ids("", dlq.operator);
  expect(all).toEqual(expect.arrayContaining([own, theirs]));
  const one = await ids(`&organization_id=${dlq.stranger.organization}`, dlq.operator);
  expect(one).toContain(theirs);
  expect(one).not.toContain(own);
});

test("what an operator does to an organization's entry stands on that organization's chain, with the operator's key", async () => {
  const answer = await dlq.send("DELETE", `/admin/dlq/${theirs}?reason=asked`, { key: dlq.operator });
  expect(answer.status).toBe(200);
  const [row] = await dlq.sql`select organization_id, actor from audit_log where target = ${theirs}`;
  expect(row).toMatchObject({ organization_id: dlq.stranger.organizationId, actor: answer.body.resolved_by });
});

test.each(["nonsense", "dlq_zzzzzzzzzzzzzzzzzzzzzzzzzz", "%00", "'--"])(
  "there is no entry called %s: 404",
  async (id) => {
    expect((await dlq.send("GET", `/admin/dlq/${id}`)).status).toBe(404);
    expect((await dlq.send("POST", `/admin/dlq/${id}/retry`, { body: {} })).status).toBe(404);
    expect((await dlq.send("GET", `/admin/lineage/${id}`)).status).toBe(404);
  },
);

test("the front page says where the API is, to everyone, and nothing else", async () => {
  const answer = await fetch(`${dlq.url}/`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/html");
  expect(await answer.text()).toContain("/admin/dlq");
});
