import { hashApiKey } from "@carewire/service-kit";
import { createFakeClock } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDlq, type TestAnswer, type TestDlq } from "../testing/start-test-dlq.ts";
import { sessionsMax } from "./start-session.ts";

let dlq: TestDlq;
const clock = createFakeClock(Date.now());
const name = "__Host-carewire-dlq-admin";
const own = { "sec-fetch-site": "same-origin" };
const minuteMs = 60_000;

beforeAll(async () => {
  dlq = await startTestDlq({ clock });
});
afterAll(() => dlq.stop());

/** What a browser would send back. */
const cookieOf = (answer: TestAnswer): string => answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";

const signIn = (apiKey: string, headers: Record<string, string> = own) =>
  dlq.send("POST", "/session", { key: null, body: { api_key: apiKey }, headers });

const send = (
  method: string,
  path: string,
  cookie: string,
  body?: unknown,
  headers: Record<string, string> = own,
) => dlq.send(method, path, { key: null, headers: { cookie, ...headers }, body });

const depthStatus = async (cookie: string) => (await send("GET", "/admin/dlq/depth", cookie)).status;

describe("signing in", () => {
  test("exchanges a key for a cookie that no script reads and no other site sends", async () => {
    const answer = await signIn(dlq.tenant.key);
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${name}=[\\w-]{43}; Max-Age=43200; Path=/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$`,
        ),
      ),
    ]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.body).toMatchObject({
      user: {
        role: "admin",
        organization_id: dlq.tenant.organization,
        all_organizations: false,
        idle_seconds: 1_800,
      },
      sign_in: { oidc: null },
    });
    expect(await depthStatus(cookieOf(answer))).toBe(200);
  });

  test.each([
    ["dlq:read", "viewer"],
    ["dlq:write", "operator"],
    ["dlq:admin", "admin"],
  ] as const)("with a key of %s makes a %s", async (scope, role) => {
    const key = await dlq.tenant.createKey({ scopes: [scope] });
    const answer = await signIn(key);
    expect(answer.body.user).toMatchObject({ role, actor: expect.stringMatching(/^key_/) });
    const revealed = await send("GET", "/admin/dlq?reveal=1&reason=x", cookieOf(answer));
    expect(revealed.status).toBe(role === "admin" ? 200 : 403);
    const retried = await send("POST", "/admin/dlq/retry", cookieOf(answer), { filter: {}, dry_run: true });
    expect(retried.status).toBe(role === "viewer" ? 403 : 200);
  });

  test("shows an operator of the platform as one of every organization", async () => {
    const { body } = await signIn(dlq.operator);
    expect(body.user).toMatchObject({ all_organizations: true });
  });

  test.each([
    ["that nobody has", () => `cw_live_${"0".repeat(40)}`, 401],
    ["that is no key", () => "password", 401],
    ["without a role here", () => dlq.tenant.createKey({ scopes: ["events:read", "platform:admin"] }), 403],
    [
      "of an account",
      () => dlq.tenant.createKey({ scopes: ["dlq:admin"], accountId: dlq.tenant.accountId }),
      403,
    ],
  ])("with a key %s is refused, and sets no cookie", async (_what, keyOf, status) => {
    const answer = await signIn(await keyOf());
    expect(answer.status).toBe(status);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(dlq.logs()).toContain("a sign-in was refused");
  });

  test("keeps the key and the token out of the database, the logs and the answer", async () => {
    const answer = await signIn(dlq.tenant.key);
    const token = cookieOf(answer).split("=")[1] ?? "";
    const rows = JSON.stringify(await dlq.sql`select to_jsonb(s) row from admin_sessions s`);
    for (const text of [rows, dlq.logs(), answer.text]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(dlq.tenant.key);
    }
  });

  test("and out stands on the audit chain", async () => {
    const cookie = cookieOf(await signIn(dlq.tenant.key));
    await send("DELETE", "/session", cookie);
    expect((await dlq.auditOf("session.started")).at(-1)).toMatchObject({
      actor: expect.stringMatching(/^key_/),
      target: expect.stringMatching(/^ses_/),
    });
    expect(await dlq.auditOf("session.ended")).not.toEqual([]);
  });
});

describe("a session", () => {
  test("tells who is signed in, and nobody when nobody is", async () => {
    const cookie = cookieOf(await signIn(dlq.tenant.key));
    expect((await send("GET", "/session", cookie)).body.user).toMatchObject({ role: "admin" });
    expect((await dlq.send("GET", "/session", { key: null })).body.user).toBeNull();
  });

  test("is dead after signing out, also for who kept its cookie", async () => {
    const cookie = cookieOf(await signIn(dlq.tenant.key));
    const out = await send("DELETE", "/session", cookie);
    expect(out.body.user).toBeNull();
    expect(out.headers.getSetCookie()[0]).toMatch(/=; Path=\/; Expires=Thu, 01 Jan 1970/);
    const answer = await send("GET", "/admin/dlq/depth", cookie);
    expect([answer.status, answer.body.code]).toEqual([401, "unauthorized"]);
  });

  test("cannot be planted: signing in makes a new token, and ends the one that the browser had", async () => {
    const planted = cookieOf(await signIn(dlq.tenant.key));
    const fresh = cookieOf(await signIn(dlq.tenant.key, { ...own, cookie: planted }));
    expect(fresh).not.toBe(planted);
    expect([await depthStatus(planted), await depthStatus(fresh)]).toEqual([401, 200]);
    const invented = cookieOf(await signIn(dlq.tenant.key, { ...own, cookie: `${name}=${"A".repeat(43)}` }));
    expect(invented).not.toContain("AAAA");
  });

  test("ends with its key at once", async () => {
    const key = await dlq.tenant.createKey();
    const cookie = cookieOf(await signIn(key));
    expect(await depthStatus(cookie)).toBe(200);
    await dlq.sql`update api_keys set revoked_at = now() where key_hash = ${hashApiKey(key)}`;
    expect(await depthStatus(cookie)).toBe(401);
  });

  test("may do what its key may do now, not what it could when it began", async () => {
    const key = await dlq.tenant.createKey();
    const cookie = cookieOf(await signIn(key));
    await dlq.sql`update api_keys set scopes = '{dlq:read}' where key_hash = ${hashApiKey(key)}`;
    expect((await send("GET", "/session", cookie)).body.user).toMatchObject({ role: "viewer" });
    expect((await send("POST", "/admin/dlq/retry", cookie, { filter: {} })).status).toBe(403);
  });

  test("ends when nobody uses it for half an hour, and after twelve hours whatever happens", async () => {
    const [idle, used] = [cookieOf(await signIn(dlq.tenant.key)), cookieOf(await signIn(dlq.tenant.key))];
    for (let n = 0; n < 2; n++) {
      clock.advance(20 * minuteMs);
      expect(await depthStatus(used)).toBe(200);
    }
    expect(await depthStatus(idle)).toBe(401);
    for (let n = 0; n < 12 * 3 - 3; n++) {
      clock.advance(20 * minuteMs);
      expect(await depthStatus(used)).toBe(200);
    }
    clock.advance(20 * minuteMs);
    expect(await depthStatus(used)).toBe(401);
  });
});

test("of one key there are fifty sessions at most: one more ends the oldest", async () => {
  const key = await dlq.tenant.createKey();
  const cookies: string[] = [];
  for (let n = 0; n <= sessionsMax; n++) {
    clock.advance(1);
    cookies.push(cookieOf(await signIn(key)));
  }
  expect([await depthStatus(cookies[0] ?? ""), await depthStatus(cookies[1] ?? "")]).toEqual([401, 200]);
});

describe("another site's page", () => {
  const foreign = [
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:4030" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ];

  test.each(foreign)("with %j can change nothing with the cookie, and read nothing: 403", async (headers) => {
    const cookie = cookieOf(await signIn(dlq.tenant.key));
    const given = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, String(value)]));
    for (const [method, path, body] of [
      ["POST", "/admin/dlq/retry", { filter: {} }],
      ["DELETE", "/admin/dlq/dlq_x", { reason: "x" }],
      ["GET", "/admin/dlq?reveal=1&reason=x", undefined],
      ["DELETE", "/session", undefined],
    ] as const) {
      const answer = await send(method, path, cookie, body, given);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, "foreign_origin"]);
    }
    expect(await depthStatus(cookie)).toBe(200);
  });

  test.each(foreign)("with %j can sign nobody in: 403", async (headers) => {
    const given = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, String(value)]));
    expect((await signIn(dlq.tenant.key, given)).status).toBe(403);
  });

  test("that is no page at all, without saying where it comes from, changes nothing with the cookie", async () => {
    const cookie = cookieOf(await signIn(dlq.tenant.key));
    const body = { filter: {}, dry_run: true };
    expect((await send("POST", "/admin/dlq/retry", cookie, body, {})).status).toBe(403);
    const header = { cookie };
    expect((await dlq.send("POST", "/admin/dlq/retry", { body, headers: header })).status).toBe(200);
  });
});
