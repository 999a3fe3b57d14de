import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSubscription } from "../testing/seed-delivery.ts";
import { startTestApi, type TestAnswer, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const signIn = (key: string): Promise<TestAnswer> => api.send("POST", "/v1/sessions", { key });
const whoAmI = (key: string): Promise<TestAnswer> => api.send("GET", "/v1/session", { key });
const newSession = async (key = api.tenant.key): Promise<string> => String((await signIn(key)).body.token);

/** A session confined to the tenant's account, made from a link as a product would. */
async function accountSession(): Promise<string> {
  const link = await api.send("POST", "/v1/access-links", { body: { account_id: api.tenant.account } });
  return newSession(new URL(String(link.body.url)).hash.slice(1));
}

describe("a session", () => {
  test("says who signed in, and what they may do", async () => {
    const session = await signIn(api.tenant.key);
    expect(session.status, session.text).toBe(201);
    const { token, ...caller } = session.body;
    const asked = await whoAmI(String(token));
    expect(asked.body).toEqual(caller);
    expect(asked.body).toMatchObject({
      organization: { name: "tenant" },
      account: null,
      signed_in_with: "api_key",
      embed_origin: null,
    });
    const hours = (Date.parse(String(asked.body.expires_at)) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
  });

  test("is something a key itself has no need of: it is told who it is, too", async () => {
    expect((await whoAmI(api.tenant.key)).body).toMatchObject({ session_id: null, expires_at: null });
    expect((await api.send("DELETE", "/v1/session")).status).toBe(409);
  });

  test("has the scopes of its key, no more, and never outlives it", async () => {
    const expiresAt = new Date(Date.now() + 60_000);
    const { key } = await api.tenant.createKey({ scopes: ["events:read"], expiresAt });
    const session = await signIn(key);
    expect(session.body).toMatchObject({ scopes: ["events:read"], expires_at: expiresAt.toISOString() });
    const refused = await api.send("GET", "/v1/subscriptions", { key: String(session.body.token) });
    expect([refused.status, refused.body.code]).toEqual([403, "insufficient_scope"]);
  });

  test("makes no other session", async () => {
    expect((await signIn(await newSession())).status).toBe(401);
  });

  test("is dead after signing out, at once where that happened", async () => {
    const token = await newSession();
    expect((await whoAmI(token)).status).toBe(200);
    expect((await api.send("DELETE", "/v1/session", { key: token })).status).toBe(204);
    expect((await whoAmI(token)).status).toBe(401);
    expect((await api.send("DELETE", "/v1/session", { key: token })).status).toBe(401);
  });

  test("dies within a second of its key, however busy it is", async () => {
    const { key, id } = await api.tenant.createKey();
    const token = await newSession(key);
    await whoAmI(token);
    await api.sql`update api_keys set revoked_at = now() where id = ${id}`;
    const revokedAt = Date.now();
    let acceptedAt = revokedAt;
    await eventually(async () => {
      const startedAt = Date.now();
      if ((await whoAmI(token)).status === 401) return true;
      acceptedAt = startedAt;
      return false;
    });
    expect(acceptedAt - revokedAt).toBeLessThan(1_000);
  });

  test("ends when its time is over, and an hour after its last request", async () => {
    const [old, idle] = [await signIn(api.tenant.key), await signIn(api.tenant.key)];
    await api.sql`update sessions set expires_at = now() - interval '1 second'
      where token_hash = sha256(convert_to(${String(old.body.token)}, 'utf8'))`;
    await api.sql`update sessions set last_seen_at = now() - interval '61 minutes'
      where token_hash = sha256(convert_to(${String(idle.body.token)}, 'utf8'))`;
    for (const { body } of [old, idle]) expect((await whoAmI(String(body.token))).status).toBe(401);
  });

  test("stays alive as long as it is used", async () => {
    const token = await newSession();
    await api.sql`update sessions set last_seen_at = now() - interval '59 minutes'
      where token_hash = sha256(convert_to(${token}, 'utf8'))`;
    expect((await whoAmI(token)).status).toBe(200);
    await eventually(async () => {
      const [row] = await api.sql`select last_seen_at > now() - interval '1 minute' as noted from sessions
        where token_hash = sha256(convert_to(${token}, 'utf8'))`;
      return row?.noted === true;
    });
  });

  test("that was signed out makes no access for others, not even in its last second", async () => {
    const token = await newSession();
    await whoAmI(token);
    await api.sql`update sessions set ended_at = now() where token_hash = sha256(convert_to(${token}, 'utf8'))`;
    const link = await api.send("POST", "/v1/access-links", { key: token, body: {} });
    expect(link.status).toBe(401);
  });
});

describe("a session of an account", () => {
  test("knows its account", async () => {
    const caller = await whoAmI(await accountSession());
    expect(caller.body).toMatchObject({
      account: { id: api.tenant.account, name: "tenant" },
      signed_in_with: "access_link",
    });
  });

  test("makes subscriptions of that account, sees those, and those alone", async () => {
    const key = await accountSession();
    const organizations = await createSubscription(api);
    const own = await createSubscription(api, {}, key);
    const { body } = await api.send("GET", "/v1/subscriptions", { key });
    const listed = body.data as { id: string; account_id: string }[];
    expect(listed.map(({ id }) => id)).toContain(own);
    expect(listed.map(({ id }) => id)).not.toContain(organizations);
    for (const { account_id } of listed) expect(account_id).toBe(api.tenant.account);
  });

  test("publishes events of that account only", async () => {
    const link = await api.send("POST", "/v1/access-links", {
      body: { account_id: api.tenant.account, scopes: ["events:write", "events:read"] },
    });
    const key = await newSession(new URL(String(link.body.url)).hash.slice(1));
    const other = await api.send("POST", "/v1/accounts", { body: { name: "other" } });
    const event = { type: "order.paid", data: { order_id: "o", customer_id: "c" } };
    const published = await api.send("POST", "/v1/events", { key, body: event });
    const seen = await api.send("GET", `/v1/events/${published.body.id}`, { key });
    expect(seen.body.account_id).toBe(api.tenant.account);
    const beyond = await api.send("POST", "/v1/events", {
      key,
      body: { ...event, account_id: other.body.id },
    });
    expect(beyond.status).toBe(422);
  });

  test("lets nobody into another account, or into the whole organization", async () => {
    const link = await api.send("POST", "/v1/access-links", {
      body: { account_id: api.tenant.account, scopes: ["access_links:write", "subscriptions:read"] },
    });
    const key = await newSession(new URL(String(link.body.url)).hash.slice(1));
    const other = await api.send("POST", "/v1/accounts", { body: { name: "other" } });
    const own = await api.send("POST", "/v1/access-links", { key, body: {} });
    expect(own.body.account_id).toBe(api.tenant.account);
    const beyond = await api.send("POST", "/v1/access-links", { key, body: { account_id: other.body.id } });
    expect(beyond.status).toBe(422);
  });

  test("of another tenant's account is not made: 422", async () => {
    const link = await api.send("POST", "/v1/access-links", { body: { account_id: api.stranger.account } });
    expect(link.status).toBe(422);
  });
});
