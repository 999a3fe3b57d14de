import { newId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOidcProvider, type TestOidcProvider } from "../../testing/start-oidc-provider.ts";
import { startTestDlq, type TestDlq } from "../../testing/start-test-dlq.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { requireOrganization } from "./require-organization.ts";

const publicUrl = "https://dlq.example.com";
const organizationId = newId(Date.now());
let provider: TestOidcProvider;
let dlq: TestDlq;

beforeAll(async () => {
  provider = await startOidcProvider(`${publicUrl}/session/oidc/callback`, {
    ada: { name: "Ada Admin", realm_access: { roles: ["support", "platform"] } },
    vic: { email: "vic@example.com", realm_access: { roles: ["support"] } },
    eve: { name: "Eve", realm_access: { roles: ["sales"] } },
  });
  const { issuer, clientId, clientSecret } = provider;
  const roles = new Map([
    ["support", "viewer"],
    ["platform", "admin"],
  ] as const);
  const oidc = { issuer, clientId, clientSecret, publicUrl, organizationId, roles };
  dlq = await startTestDlq({ oidc: { ...oidc, roleClaim: "realm_access.roles", label: "Example account" } });
  await dlq.sql`insert into organizations (id, name) values (${organizationId}, 'the operators')`;
});
afterAll(async () => {
  await dlq.stop();
  await provider.stop();
});

const cookieOf = (answer: { headers: Headers }, name: string): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .find((pair) => pair.startsWith(`${name}=`) && !pair.endsWith("=")) ?? "";
const get = (path: string, cookie = "", more: Record<string, string> = {}) =>
  dlq.send("GET", path, { key: null, headers: { ...(cookie && { cookie }), ...more } });

/** Leaves for the provider; resolves to where to, and the cookie that waits for the return. */
async function leave() {
  const answer = await get("/session/oidc");
  return {
    url: answer.headers.get("location") ?? "",
    cookie: cookieOf(answer, "__Host-carewire-dlq-oidc"),
    answer,
  };
}

/** A whole sign-in; resolves to what the callback answered. */
async function signIn(sub: string) {
  const { url, cookie } = await leave();
  const back = await provider.signIn(url, sub);
  return {
    answer: await get(`${back.pathname}${back.search}`, cookie, { "sec-fetch-site": "cross-site" }),
    back,
    cookie,
  };
}

const sessionName = "__Host-carewire-dlq-admin";

describe("signing in with the company's account", () => {
  test("leads to the provider with a code challenge, a state and a nonce, and back into a session", async () => {
    const { url, answer } = await leave();
    expect([answer.status, new URL(url).origin]).toEqual([303, provider.issuer]);
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      scope: "openid profile email",
    });
    for (const name of ["state", "nonce", "code_challenge"]) expect(asked[name]).toMatch(/^[\w-]{20,}$/);
    const { answer: arrived } = await signIn("ada");
    expect([arrived.status, arrived.headers.get("location")]).toEqual([303, "/"]);
    const cookie = cookieOf(arrived, sessionName);
    const { body } = await get("/session", cookie);
    expect(body.user).toMatchObject({
      actor: "oidc:ada",
      name: "Ada Admin",
      role: "admin",
      all_organizations: true,
    });
    expect(body.sign_in).toEqual({ oidc: { label: "Example account", path: "/session/oidc" } });
    expect((await get("/admin/organizations", cookie)).body.data.length).toBeGreaterThan(2);
  });

  test("gives what the claim gives: a viewer of every organization reveals and retries nothing", async () => {
    const { answer } = await signIn("vic");
    const cookie = cookieOf(answer, sessionName);
    expect((await get("/session", cookie)).body.user).toMatchObject({
      role: "viewer",
      name: "vic@example.com",
    });
    expect((await get("/admin/dlq?reveal=1&reason=x", cookie)).status).toBe(403);
    const headers = { cookie, "sec-fetch-site": "same-origin" };
    const body = { filter: {}, dry_run: true };
    expect((await dlq.send("POST", "/admin/dlq/retry", { key: null, headers, body })).status).toBe(403);
  });

  test("gives nothing to who has no role here", async () => {
    const { answer } = await signIn("eve");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?problem=no_role"]);
    expect(cookieOf(answer, sessionName)).toBe("");
  });

  test("stands on the operators' own audit chain", async () => {
    await signIn("ada");
    expect((await dlq.auditOf("session.started")).at(-1)).toMatchObject({ actor: "oidc:ada" });
  });
});

describe("a return that was not asked for", () => {
  const refused = [303, "/sign-in?problem=refused"];
  const outcomeOf = (answer: { status: number; headers: Headers }) => [
    answer.status,
    answer.headers.get("location"),
  ];

  test("is refused without the cookie that waits for it, as when somebody else's link is followed", async () => {
    const { back } = await signIn("ada");
    expect(outcomeOf(await get(`${back.pathname}${back.search}`))).toEqual(refused);
  });

  test("is refused with the cookie of another departure", async () => {
    const { url } = await leave();
    const { cookie: other } = await leave();
    const back = await provider.signIn(url, "ada");
    expect(outcomeOf(await get(`${back.pathname}${back.search}`, other))).toEqual(refused);
  });

  test("is refused the second time: a code is good once", async () => {
    const { back, cookie } = await signIn("ada");
    expect(outcomeOf(await get(`${back.pathname}${back.search}`, cookie))).toEqual(refused);
  });

  test.each([
    ["an error of the provider", "error=access_denied&state="],
    ["another issuer's answer", "code=x&iss=https%3A%2F%2Fevil.example&state="],
    ["an invented code", "code=invented&state="],
  ])("is refused when it is %s", async (_what, query) => {
    const { url, cookie } = await leave();
    const state = new URL(url).searchParams.get("state") ?? "";
    expect(outcomeOf(await get(`/session/oidc/callback?${query}${state}`, cookie))).toEqual(refused);
  });

  test.each(["", "e30", "bm9uc2Vuc2U", "A".repeat(43)])(
    "is refused with a cookie that says %j",
    async (value) => {
      const answer = await get("/session/oidc/callback?code=x&state=y", `__Host-carewire-dlq-oidc=${value}`);
      expect(outcomeOf(answer)).toEqual(refused);
    },
  );
});

test("signing out leads to where the provider's own session ends, which knows the way back", async () => {
  const answer = await get("/session/oidc/sign-out");
  const url = new URL(answer.headers.get("location") ?? "");
  expect([answer.status, url.origin]).toEqual([303, provider.issuer]);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: provider.clientId,
    post_logout_redirect_uri: `${publicUrl}/sign-in`,
  });
  const page = await fetch(url);
  expect(page.status, await page.text()).toBe(200);
});

test("a provider that is away is said to be, and the next try asks it again", async () => {
  const { clientId, clientSecret } = provider;
  const away = await startTestDlq({
    oidc: {
      issuer: "http://127.0.0.1:1/",
      clientId,
      clientSecret,
      publicUrl,
      organizationId,
      roles: new Map(),
      roleClaim: "roles",
      label: "x",
    },
  });
  for (let n = 0; n < 2; n++) {
    const answer = await away.send("GET", "/session/oidc", { key: null });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?problem=unavailable"]);
  }
  const out = await away.send("GET", "/session/oidc/sign-out", { key: null });
  expect([out.status, out.headers.get("location")]).toEqual([303, "/sign-in"]);
  await away.stop();
});

test("an organization that is not there is told at the start, not to the first who signs in", async () => {
  const settings = { organizationId: newId(Date.now()) } as OidcSettings;
  await expect(requireOrganization(dlq.sql, settings)).rejects.toThrow(
    "OIDC_ORGANIZATION_ID names no organization",
  );
  await expect(requireOrganization(dlq.sql, { ...settings, organizationId })).resolves.toBeUndefined();
  await expect(requireOrganization(dlq.sql, null)).resolves.toBeUndefined();
});

test("without a provider there is no such way in", async () => {
  const none = await startTestDlq();
  expect((await none.send("GET", "/session/oidc", { key: null })).status).toBe(404);
  await none.stop();
});
