import {
  type AdminRole,
  adminRoleScopes,
  adminRoles,
  dlqContract,
  type RouteMetadata,
  scopes,
} from "@carewire/contracts";
import { routesOf } from "@carewire/contracts/openapi";
import { newId, publicId } from "@carewire/envelope";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SeededThings, seedThings } from "../testing/seed-things.ts";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";
import type { TestTenant } from "../testing/test-tenant.ts";

let dlq: TestDlq;
let own: string;
let theirs: string;
/** The stranger's. */
let things: SeededThings = {} as SeededThings;

beforeAll(async () => {
  dlq = await startTestDlq();
  await dlq.sql`insert into consumers (id, name) values (${newId(Date.now())}, 'test.consumer')`;
  await dlq.sql`insert into consumer_topics (topic, consumer_id) select 'cari.x.y', id from consumers`;
  things = await seedThings(dlq, dlq.stranger);
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
/** Of every route: what to send, and the least that may do it. The contract is held against it below. */
const requests: [string, (id: string) => string, object | undefined, AdminRole][] = [
  ["GET", () => "/admin/overview", undefined, "viewer"],
  ["GET", () => "/admin/dlq", undefined, "viewer"],
  ["GET", () => "/admin/dlq?reveal=1&reason=x", undefined, "admin"],
  ["GET", () => "/admin/dlq/depth", undefined, "viewer"],
  ["GET", () => "/admin/dlq/groups", undefined, "viewer"],
  ["GET", (id) => `/admin/dlq/${id}`, undefined, "viewer"],
  ["GET", (id) => `/admin/dlq/${id}?reveal=1&reason=x`, undefined, "admin"],
  ["POST", (id) => `/admin/dlq/${id}/retry`, {}, "operator"],
  ["DELETE", (id) => `/admin/dlq/${id}?reason=x`, undefined, "operator"],
  ["POST", () => "/admin/dlq/retry", { filter }, "operator"],
  ["POST", () => "/admin/dlq/discard", { filter, reason: "x" }, "operator"],
  ["POST", () => "/admin/bulk-jobs", { action: "retry", filter, reason: "x", dry_run: true }, "operator"],
  ["GET", () => "/admin/bulk-jobs", undefined, "viewer"],
  ["GET", () => `/admin/bulk-jobs/${things.job}`, undefined, "viewer"],
  ["POST", () => `/admin/bulk-jobs/${things.job}/cancel`, {}, "operator"],
  ["GET", (id) => `/admin/lineage/${id}`, undefined, "viewer"],
  ["GET", (id) => `/v1/lineage/${id}`, undefined, "viewer"],
  ["GET", () => "/admin/consumers", undefined, "viewer"],
  ["POST", () => "/admin/consumers/test.consumer/replay", { topic: "cari.x.y", since }, "operator"],
  ["POST", () => "/admin/consumers/test.consumer/pause", { reason: "x" }, "admin"],
  ["POST", () => "/admin/consumers/test.consumer/resume", { reason: "x" }, "admin"],
  ["DELETE", () => "/admin/consumers/test.consumer", { reason: "x" }, "admin"],
  ["GET", () => "/admin/inbound-requests", undefined, "viewer"],
  ["GET", () => `/admin/inbound-requests/${things.request}`, undefined, "viewer"],
  ["GET", () => `/admin/inbound-requests/${things.request}?reveal=1&reason=x`, undefined, "admin"],
  ["POST", () => `/admin/inbound-requests/${things.request}/replay`, { reason: "x" }, "operator"],
  ["GET", () => "/admin/subscriptions", undefined, "viewer"],
  ["GET", () => `/admin/subscriptions/${things.subscription}`, undefined, "viewer"],
  ["GET", () => "/admin/deliveries", undefined, "viewer"],
  ["GET", () => `/admin/deliveries/${things.delivery}`, undefined, "viewer"],
  ["GET", () => `/admin/deliveries/${things.delivery}?reveal=1&reason=x`, undefined, "admin"],
  ["GET", () => "/admin/organizations", undefined, "viewer"],
  ["GET", () => "/admin/audit", undefined, "viewer"],
  ["GET", () => "/admin/audit/verify", undefined, "viewer"],
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

describe.each(requests)("%s %s", (method, path, body, role) => {
  test("needs a key that is known: 401", async () => {
    for (const key of ["", "cw_live_0123456789012345678901234567890123456789"]) {
      expect((await dlq.send(method, path(own), { key, body })).status).toBe(401);
    }
  });

  test("needs its role, and no lower one, nor every scope that is none of ours, will do: 403", async () => {
    const ours = new Set<string>(adminRoleScopes.admin);
    const others = scopes.filter((scope) => !ours.has(scope));
    const lower = adminRoles.slice(0, adminRoles.indexOf(role)).map((name) => adminRoleScopes[name].at(-1));
    for (const scope of [undefined, ...lower]) {
      const key = await dlq.tenant.createKey({
        scopes: [...others, ...(scope === undefined ? [] : [scope])],
      });
      const answer = await dlq.send(method, path(own), { key, body });
      expect(answer.body, scope).toMatchObject({ status: 403, code: "insufficient_scope" });
    }
    const scope = adminRoleScopes[role].at(-1) ?? "dlq:read";
    const key = await dlq.tenant.createKey({ scopes: [scope, "platform:admin"] });
    expect([200, 202, 409]).toContain((await dlq.send(method, path(own), { key, body })).status);
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
    const asked = path(theirs);
    if (/(dlq|job|inr|sub|dlv)_/.test(asked)) expect(answer.status, answer.text).toBe(404);
    else {
      const known = [theirs, dlq.stranger.organization, ...Object.values(things)];
      for (const id of known) expect(answer.text).not.toContain(id);
    }
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

const isRoute = (route: { method: string; path: string }, method: string, path: string) =>
  route.method === method &&
  new RegExp(`^${route.path.replace(/:\w+/g, "[^/]+")}$`).test(path.split("?")[0] ?? "");

test.each(routesOf(dlqContract).map(({ keys, route }) => [keys.join("."), route] as const))(
  "%s stands in the table above, and the contract names the least role that the table does",
  (_name, route) => {
    const paths = routesOf(dlqContract).map((each) => each.route.path);
    const rows = requests.filter(([method, path]) => {
      const sent = path("dlq_x");
      const isFixed = paths.includes(sent.split("?")[0] ?? "");
      return isRoute(route, method, sent) && (!isFixed || route.path === sent.split("?")[0]);
    });
    const least = adminRoles.find((role) => rows.some((row) => row[3] === role));
    expect(least, `${route.method} ${route.path} is not in the table`).toBeDefined();
    expect((route.metadata as RouteMetadata).scope).toBe(adminRoleScopes[least ?? "viewer"].at(-1));
  },
);
