import { type Scope, scopes } from "@carewire/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestAnswer, type TestApi } from "../testing/start-test-api.ts";
import { createTenant, type TestTenant } from "../testing/test-tenant.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

interface Body {
  name?: string;
  scopes?: string[];
  expires_at?: string;
  account_id?: string;
}

const create = (body: Body = {}, key = api.tenant.key): Promise<TestAnswer> =>
  api.send("POST", "/v1/api-keys", { key, body: { name: "import", scopes: ["events:read"], ...body } });

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("a new API key", () => {
  test("works at once, and is in that one answer only", async () => {
    const { status, body } = await create({ name: "nightly import" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: "nightly import",
      scopes: ["events:read"],
      account_id: null,
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
    });
    const key = String(body.key);
    expect(key.startsWith(String(body.prefix))).toBe(true);
    expect((await api.send("GET", "/v1/events", { key })).status).toBe(200);
    expect((await api.send("GET", "/v1/api-keys", { key })).status).toBe(403);
    const { key: _shownOnce, ...shown } = body;
    const again = await api.send("GET", `/v1/api-keys/${body.id}`);
    expect(again.body).toMatchObject({ ...shown, last_used_at: again.body.last_used_at });
    const list = await api.send("GET", "/v1/api-keys");
    expect(list.text).toContain(String(body.id));
    expect(list.text).not.toContain(key);
    const [row] = await api.sql`select k::text as row from api_keys k where prefix = ${String(body.prefix)}`;
    expect(row?.row).not.toContain(key);
  });

  test("is named on the audit chain, and so is its revocation, once", async () => {
    const { body } = await create({ scopes: ["events:read", "events:write"], expires_at: inDays(1) });
    for (let n = 0; n < 2; n++)
      expect((await api.send("DELETE", `/v1/api-keys/${body.id}`)).status).toBe(204);
    const rows =
      await api.sql`select action, detail from audit_log where target = ${String(body.id)} order by seq`;
    expect(rows).toMatchObject([
      { action: "api_key.created", detail: { scopes: ["events:read", "events:write"], of_account: false } },
      { action: "api_key.revoked" },
    ]);
  });

  test.each<[string, Body, string]>([
    ["no scope", { scopes: [] }, "scopes"],
    ["a scope there is none of", { scopes: ["everything"] }, "scopes.0"],
    ["no name", { name: "" }, "name"],
    ["an expiry in the past", { expires_at: "2020-01-01T00:00:00Z" }, "expires_at"],
    ["an account of nobody", { account_id: "acc_01kaqf3zzyf1m8tnw3rhvpx4ar" }, "account_id"],
  ])("is refused with %s: 422", async (_what, body, path) => {
    const answer = await create(body);
    expect(answer.body).toMatchObject({ status: 422, errors: [{ path }] });
  });

  test("is refused with another organization's account", async () => {
    expect((await create({ account_id: api.stranger.account })).status).toBe(422);
  });

  test("is refused to the thousand-and-first", async () => {
    const tenant = await createTenant(api.sql, "many keys");
    await api.sql`
      insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
      select uuidv7(), ${tenant.organizationId}, 'x', 'x', sha256(n::text::bytea), '{}', 'test'
      from generate_series(1, 999) n`;
    expect((await create({}, tenant.key)).body).toMatchObject({ status: 409, code: "conflict" });
    await api.sql`update api_keys set revoked_at = now() where id = (
      select id from api_keys where organization_id = ${tenant.organizationId} order by id desc limit 1)`;
    expect((await create({}, tenant.key)).status).toBe(201);
  });
});

describe("a key grants no more than it has", () => {
  test.each(scopes.filter((scope) => scope !== "api_keys:write"))("not the scope %s", async (scope) => {
    const held: Scope[] = scopes.filter((other) => other !== scope);
    const { key } = await api.tenant.createKey({ scopes: held });
    const refused = await create({ scopes: [scope] }, key);
    expect(refused.body).toMatchObject({ status: 403, code: "insufficient_scope" });
    expect(refused.body.detail).toContain(scope);
  });

  test("no longer life than its own, which is the default", async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { key } = await api.tenant.createKey({ expiresAt });
    expect((await create({ expires_at: inDays(2) }, key)).status).toBe(422);
    expect((await create({ expires_at: inDays(0.5) }, key)).status).toBe(201);
    expect((await create({}, key)).body.expires_at).toBe(expiresAt.toISOString());
  });

  test("nothing beyond its account, which is the default", async () => {
    const { key } = await api.tenant.createKey({ accountId: api.tenant.accountId });
    const made = await create({}, key);
    expect(made.body.account_id).toBe(api.tenant.account);
    const other = await createTenant(api.sql, "other");
    expect((await create({ account_id: other.account }, key)).status).toBe(422);
    const list = await api.send("GET", "/v1/api-keys", { key });
    const accounts = (list.body.data as { account_id: string }[]).map(({ account_id }) => account_id);
    expect(new Set(accounts)).toEqual(new Set([api.tenant.account]));
  });

  test("nothing once it is revoked, not even in the second in which it is still remembered", async () => {
    const { key, id } = await api.tenant.createKey();
    expect((await create({}, key)).status).toBe(201);
    await api.sql`update api_keys set revoked_at = now() where id = ${id}`;
    expect((await create({}, key)).status).toBe(401);
  });
});

describe("revoking", () => {
  test("is effective within a second in every process, also in one that is busy with the key", async () => {
    const other = await startTestApi({ databaseUrl: () => api.databaseUrl });
    const { body } = await create();
    const key = String(body.key);
    const accepted = [0, 0];
    const hammering = [api, other].map(async (instance, i) => {
      for (;;) {
        const startedAt = Date.now();
        if ((await instance.send("GET", "/v1/events", { key })).status === 401) return;
        accepted[i] = startedAt;
      }
    });
    expect((await api.send("DELETE", `/v1/api-keys/${body.id}`)).status).toBe(204);
    const revokedAt = Date.now();
    await Promise.all(hammering);
    for (const at of accepted) expect(at - revokedAt).toBeLessThan(1_000);
    await other.stop();
  });

  const publicIdOf = async (tenant: TestTenant) => {
    const { body } = await api.send("GET", "/v1/api-keys?limit=1", { key: tenant.key });
    return String((body.data as { id: string }[])[0]?.id);
  };

  test("the last key that can manage keys is refused, so that nobody locks itself out", async () => {
    const tenant = await createTenant(api.sql, "careful");
    const id = await publicIdOf(tenant);
    const revoke = () => api.send("DELETE", `/v1/api-keys/${id}`, { key: tenant.key });
    await tenant.createKey({ scopes: ["events:read"] });
    await tenant.createKey({ accountId: tenant.accountId });
    await tenant.createKey({ expiresAt: new Date(Date.now() - 1_000) });
    expect((await revoke()).body).toMatchObject({ status: 409, code: "conflict" });
    expect((await api.send("GET", "/v1/events", { key: tenant.key })).status).toBe(200);
    await create({ scopes: ["api_keys:write"] }, tenant.key);
    expect((await revoke()).status).toBe(204);
  });

  test("two managers that revoke each other at once leave one", async () => {
    const tenant = await createTenant(api.sql, "quarrel");
    const first = await publicIdOf(tenant);
    const second = await create({ scopes: ["api_keys:write"] }, tenant.key);
    const answers = await Promise.all([
      api.send("DELETE", `/v1/api-keys/${first}`, { key: String(second.body.key) }),
      api.send("DELETE", `/v1/api-keys/${second.body.id}`, { key: tenant.key }),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    // Whoever came second was told why, or was not let in any more.
    expect(statuses[0]).toBe(204);
    expect([401, 409]).toContain(statuses[1]);
    const live = await api.sql`
      select 1 from api_keys where organization_id = ${tenant.organizationId} and revoked_at is null`;
    expect(live).toHaveLength(1);
  });
});
