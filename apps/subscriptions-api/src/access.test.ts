import { createHash } from "node:crypto";
import { type Scope, scopes } from "@carewire/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExampleIds, exampleRequests } from "./testing/example-requests.ts";
import { fillTenant } from "./testing/fill-tenant.ts";
import { startTestApi, type TestAnswer, type TestApi } from "./testing/start-test-api.ts";
import type { TestTenant } from "./testing/test-tenant.ts";

let api: TestApi;
let own: ExampleIds;
let theirs: ExampleIds;
/** May do everything, but for one account that has nothing yet: a key, and a session made from it. */
let accountCallers: string[];

beforeAll(async () => {
  api = await startTestApi();
  ownedRows = await selectOwnedRows();
  own = await fillTenant(api, api.tenant);
  theirs = await fillTenant(api, api.stranger);
  const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
  const { body } = await api.send("POST", "/v1/sessions", { key });
  accountCallers = [key, String(body.token)];
});

afterAll(() => api.stop());

/** Of one tenant: every row it owns. Use of a key or session is no change. */
let ownedRows: string;

async function selectOwnedRows(): Promise<string> {
  const tables = await api.sql<{ name: string }[]>`
    select quote_ident(c.relname) as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'organization_id' and not a.attisdropped order by 1`;
  expect(tables.length).toBeGreaterThan(20);
  const rowsOf = ({ name }: { name: string }) =>
    `select '${name}' as name, (to_jsonb(t) - 'last_used_at' - 'last_seen_at')::text as row from ${name} t
      where organization_id = $1`;
  return `${tables.map(rowsOf).join(" union all ")} order by 1, 2`;
}

/** A fingerprint of every row a tenant owns, to show that nothing of it moved. */
async function stateOf({ organizationId }: TestTenant): Promise<string> {
  const rows = await api.sql.unsafe<{ name: string; row: string }[]>(ownedRows, [organizationId], {
    prepare: true,
  });
  const hash = createHash("sha256");
  for (const { name, row } of rows) hash.update(`${name} ${row}\n`);
  return hash.digest("hex");
}

/** Compatibility routes have error shapes of their own; all others say it the same way. */
function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect(answer.status, answer.text).toBe(status);
  if (answer.headers.get("content-type")?.startsWith("application/problem+json")) {
    expect(answer.body).toMatchObject({ status, code });
  }
}

/** Publishing is the platform's daily work; the event itself is the record of it. The others change nothing here. */
const unaudited = [
  "events.publish",
  "events.publishBatch",
  "envelopes.publish",
  "subscriptions.resume",
  "subscriptions.checkUrl",
  "replays.cancel",
  "streams.report",
];
/** Reads of what is kept secret or private. */
const auditedReads = [
  "events.get",
  "subscriptions.getSecret",
  "deliveries.get",
  "deliveries.listAttempts",
  "resources.getAppointment",
  "resources.getPrescription",
  "resources.getAppointmentAtEkaPath",
  "resources.getPrescriptionAtEkaPath",
  "resources.get",
  "customers.get",
  "leads.get",
];

const isAudited = ({ name, method }: { name: string; method: string }): boolean =>
  method === "GET" ? auditedReads.includes(name) : !unaudited.includes(name);

const auditEntries = () => api.sql<{ actor: string }[]>`
  select actor from audit_log where organization_id = ${api.tenant.organizationId} order by seq`;

describe.each(exampleRequests)("$name", ({ name, method, scope, path, body, keyOf }) => {
  test("answers its owner as the document promises, and is in the audit trail if it should be", async () => {
    const ids = await fillTenant(api, api.tenant);
    const before = await auditEntries();
    const answer = await api.send(method, path(ids), { key: keyOf(ids) ?? api.tenant.key, body: body(ids) });
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(answer.headers.get("cache-control")).toMatch(/^(no-store|private, no-cache)$/);
    const [entry] = (await auditEntries()).slice(before.length);
    if (isAudited({ name, method })) expect(entry?.actor).toMatch(/^(key|ses)_/);
    else expect(entry).toBeUndefined();
  });

  test.skipIf(scope === null)(`needs the scope ${scope}, and no other will do: 403`, async () => {
    const { key } = await api.tenant.createKey({ scopes: scopes.filter((other) => other !== scope) });
    const answer = await api.send(method, path(own), { key, body: body(own) });
    expectProblem(answer, 403, "insufficient_scope");
    expect(scopes).toContain(scope as Scope);
  });

  test("needs a key that is known and alive: 401, always the same", async () => {
    const expired = await api.tenant.createKey({ expiresAt: new Date(Date.now() - 1_000) });
    const unknown = `${api.tenant.key.slice(0, -1)}${api.tenant.key.endsWith("0") ? "1" : "0"}`;
    for (const key of [expired.key, unknown, "", "x".repeat(200)]) {
      expectProblem(await api.send(method, path(own), { key, body: body(own) }), 401, "unauthorized");
    }
  });
});

const ofOne = exampleRequests.filter((example) => example.isOfOne);

describe.each(ofOne)("$name", ({ method, path, body, isForAccounts }) => {
  test("knows nothing of another tenant's: 404, and nothing moves on either side", async () => {
    const before = [await stateOf(api.stranger), await stateOf(api.tenant)];
    expectProblem(await api.send(method, path(theirs), { body: body(own) }), 404, "not_found");
    expect([await stateOf(api.stranger), await stateOf(api.tenant)]).toEqual(before);
  });

  test.skipIf(isForAccounts)(
    "knows nothing of what is not the account's, to a key or session of an account: 404 or 403, and nothing moves",
    async () => {
      const before = await stateOf(api.tenant);
      for (const key of accountCallers) {
        const answer = await api.send(method, path(own), { key, body: body(own) });
        expect([404, 403], answer.text).toContain(answer.status);
      }
      expect(await stateOf(api.tenant)).toBe(before);
    },
  );

  test.each(["nonsense", "%00", "evt_zzzzzzzzzzzzzzzzzzzzzzzzzz", "..%2f..%2fx", "'--"])(
    "has no thing called %s: 404",
    async (id) => {
      const nowhere = Object.fromEntries(Object.keys(own).map((key) => [key, id])) as unknown as ExampleIds;
      const answer = await api.send(method, path(nowhere), { body: body(own) });
      expect(answer.status, answer.text).toBe(404);
    },
  );
});

test.each(exampleRequests.filter(({ hasIdsInBody }) => hasIdsInBody))(
  "$name does nothing for a body that names another tenant's things, or those of another account",
  async ({ method, path, body }) => {
    const before = [await stateOf(api.stranger), await stateOf(api.tenant)];
    const foreign = await api.send(method, path(own), { body: body(theirs) });
    const [, session] = accountCallers;
    const beyond = await api.send(method, path(own), { key: session ?? "", body: body(own) });
    for (const { status, text } of [foreign, beyond]) expect([403, 404, 422], text).toContain(status);
    expect([await stateOf(api.stranger), await stateOf(api.tenant)]).toEqual(before);
  },
);

/** Says who calls, and so names the organization to keys of its accounts. */
const whoAmI = "sessions.get";
const lists = exampleRequests.filter(
  ({ isOfOne, method, name }) => !isOfOne && method === "GET" && name !== whoAmI,
);
const beyondAccounts = (ids: ExampleIds, isForAccounts: boolean): string[] =>
  Object.values(isForAccounts ? { ...ids, eventTypes: ids.events } : ids);

test.each(lists)("$name lists nothing of another tenant's, nor of another account's", async (list) => {
  const path = list.path(own);
  const all = await api.send(list.method, path);
  for (const id of Object.values(theirs)) expect(all.text).not.toContain(id);
  for (const key of accountCallers) {
    const ofAccount = await api.send(list.method, path, { key });
    for (const id of [...Object.values(theirs), ...beyondAccounts(own, list.isForAccounts)])
      expect(ofAccount.text).not.toContain(id);
  }
});

test("every route was answered with success, and each answer had the documented form", () => {
  const answered = [...api.checkedRoutes].filter((route) => / 2\d\d$/.test(route));
  const routes = new Set(answered.map((route) => route.replace(/ \d+$/, "")));
  expect(routes.size).toBe(exampleRequests.length);
});
