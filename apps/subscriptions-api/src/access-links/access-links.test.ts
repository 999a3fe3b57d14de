import { randomBytes } from "node:crypto";
import { createToken } from "@carewire/service-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseText, inHex } from "../testing/database-text.ts";
import {
  startTestApi,
  type TestAnswer,
  type TestApi,
  testEmbedOrigin,
  testPortalUrl,
} from "../testing/start-test-api.ts";
import { mistakesIn } from "../testing/subscription-rows.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const createLink = (body: object = {}, key = api.tenant.key): Promise<TestAnswer> =>
  api.send("POST", "/v1/access-links", { key, body });
const tokenOf = ({ body }: TestAnswer): string => new URL(String(body.url)).hash.slice(1);
const signIn = (key: string): Promise<TestAnswer> => api.send("POST", "/v1/sessions", { key });
const whoAmI = (key: string): Promise<TestAnswer> => api.send("GET", "/v1/session", { key });

/** The token of a session made from a new link. */
async function sessionByLink(body: object = {}, key = api.tenant.key): Promise<string> {
  return String((await signIn(tokenOf(await createLink(body, key)))).body.token);
}

const secondsUntil = (time: unknown): number => (Date.parse(String(time)) - Date.now()) / 1_000;

describe("an access link", () => {
  test("leads to the portal with its token behind the #, and lasts an hour", async () => {
    const link = await createLink();
    expect(link.status, link.text).toBe(201);
    expect(link.body.url).toMatch(new RegExp(`^${testPortalUrl}/access#cw_link_[0-9a-hjkmnp-tv-z]{40}$`));
    expect(secondsUntil(link.body.expires_at)).toBeGreaterThan(3_590);
    expect(secondsUntil(link.body.expires_at)).toBeLessThanOrEqual(3_600);
    expect(link.body.scopes).not.toContain("api_keys:write");
    expect(link.body).toMatchObject({ account_id: null, embed_origin: null });
  });

  test("tells the portal who may frame it, when that is one of the configured origins", async () => {
    const link = await createLink({ embed_origin: testEmbedOrigin });
    expect(new URL(String(link.body.url)).searchParams.get("embed")).toBe(testEmbedOrigin);
    const caller = await whoAmI(String((await signIn(tokenOf(link))).body.token));
    expect(caller.body.embed_origin).toBe(testEmbedOrigin);
  });

  test.each([
    "https://other.example.com",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
  ])("for a frame of %s is refused", async (origin) => {
    const answer = await createLink({ embed_origin: origin });
    expect([answer.status, ...mistakesIn(answer.body)]).toEqual([
      422,
      "embed_origin: embed_origin_not_allowed",
    ]);
  });

  test.each(["https://app.example.com/", "*", "javascript:alert(1)", "https://*.example.com", "null", ""])(
    "for a frame of %j, which is no origin, is refused",
    async (origin) => {
      expect((await createLink({ embed_origin: origin })).status).toBe(422);
    },
  );

  test("grants no scope that its maker lacks: 403; by default those of the portal's that the maker has", async () => {
    const { key } = await api.tenant.createKey({ scopes: ["access_links:write", "subscriptions:read"] });
    const beyond = await createLink({ scopes: ["subscriptions:read", "secrets:read"] }, key);
    expect([beyond.status, beyond.body.code]).toEqual([403, "insufficient_scope"]);
    expect((await createLink({}, key)).body.scopes).toEqual(["subscriptions:read"]);
  });

  test.each(["dlq:read", "dlq:admin", "platform:admin", "internal:publish"])(
    "never grants %s: 422",
    async (scope) => {
      expect((await createLink({ scopes: [scope] })).status).toBe(422);
    },
  );

  test.each([59, 86_401, 1.5, "3600"])("for %j seconds is refused", async (seconds) => {
    expect((await createLink({ expires_in_seconds: seconds })).status).toBe(422);
  });

  test("is good once", async () => {
    const token = tokenOf(await createLink());
    expect((await signIn(token)).status).toBe(201);
    expect((await signIn(token)).status).toBe(401);
  });

  test("is good once, however many show it at the same moment", async () => {
    const token = tokenOf(await createLink());
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(401)]);
  });

  test("is nothing to any other route", async () => {
    const token = tokenOf(await createLink());
    for (const path of ["/v1/session", "/v1/subscriptions", "/v1/events"])
      expect((await api.send("GET", path, { key: token })).status).toBe(401);
  });

  test("is refused once expired", async () => {
    const link = await createLink();
    await api.sql`update access_links set expires_at = now() - interval '1 second' where used_at is null`;
    expect((await signIn(tokenOf(link))).status).toBe(401);
  });

  test("ends with the key that made it", async () => {
    const { key, id } = await api.tenant.createKey();
    const token = tokenOf(await createLink({}, key));
    await api.sql`update api_keys set revoked_at = now() where id = ${id}`;
    expect((await signIn(token)).status).toBe(401);
  });

  test("is kept as a hash only, and is in no log line", async () => {
    const link = tokenOf(await createLink());
    const session = await sessionByLink();
    await whoAmI(session);
    const everything = `${api.logs()}\n${await databaseText(api)}`;
    for (const token of [link, session]) {
      expect(everything).not.toContain(token);
      expect(everything).not.toContain(inHex(token));
    }
  });

  test("that nobody knows is refused like any other", async () => {
    const { token } = createToken("access_link", randomBytes);
    const unknown = await signIn(token);
    const missing = await fetch(`${api.url}/v1/sessions`, { method: "POST" });
    const withoutId = ({ request_id: _id, ...rest }: Record<string, unknown>) => rest;
    expect(unknown.status).toBe(401);
    expect(withoutId(unknown.body)).toEqual(withoutId((await missing.json()) as Record<string, unknown>));
  });

  test("of a week ago is forgotten when the next one is made", async () => {
    await createLink();
    await api.sql`update access_links set expires_at = now() - interval '8 days'`;
    await createLink();
    const [row] = await api.sql`select count(*)::int n from access_links where expires_at < now()`;
    expect(row).toEqual({ n: 0 });
  });
});

describe("what somebody who came by a link makes", () => {
  test("ends no later than the link: keys and further links alike", async () => {
    const session = await sessionByLink({
      scopes: ["api_keys:write", "access_links:write", "events:read"],
      expires_in_seconds: 600,
    });
    const key = await api.send("POST", "/v1/api-keys", {
      key: session,
      body: { name: "short", scopes: ["events:read"] },
    });
    expect(secondsUntil(key.body.expires_at)).toBeLessThanOrEqual(600);
    expect(secondsUntil((await createLink({}, session)).body.expires_at)).toBeLessThanOrEqual(600);
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const body = { name: "long", scopes: ["events:read"], expires_at: later };
    expect((await api.send("POST", "/v1/api-keys", { key: session, body })).status).toBe(422);
    const beyond = await createLink({ expires_in_seconds: 3_600 }, session);
    expect([beyond.status, ...mistakesIn(beyond.body)]).toEqual([422, "expires_in_seconds: invalid_expiry"]);
  });

  test("carries the session's name, and the audit trail says which link it came by", async () => {
    const link = await createLink();
    const session = await signIn(tokenOf(link));
    const body = { name: "by link", url: "https://hooks.example.com/in" };
    const made = await api.send("POST", "/v1/subscriptions", { key: String(session.body.token), body });
    expect(made.body.created_by).toBe(session.body.session_id);
    const [entry] = await api.sql`
      select actor, action from audit_log where target = ${String(session.body.session_id)}`;
    expect(entry).toEqual({ actor: link.body.id, action: "session.created" });
  });
});
