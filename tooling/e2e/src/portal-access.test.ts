import { randomBytes } from "node:crypto";
import { newId, publicId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type World } from "./world/create-world.ts";
import type { RunningApp } from "./world/start-app.ts";

const embedOrigin = "https://app.example.com";
const scopes = [
  "access_links:write",
  "accounts:read",
  "deliveries:read",
  "events:read",
  "events:write",
  "subscriptions:read",
  "subscriptions:write",
];

let world: World;
let api: RunningApp;
let portal: RunningApp;

beforeAll(async () => {
  world = await createWorld();
  const PORTAL_EMBED_ORIGINS = embedOrigin;
  api = await world.start("subscriptions-api", {
    PORTAL_URL: "https://portal.example.com",
    PORTAL_EMBED_ORIGINS,
  });
  portal = await world.start("portal", { SUBSCRIPTIONS_API_URL: api.url, PORTAL_EMBED_ORIGINS });
});

afterAll(() => world?.close());

/** An API key of the tenant; returns it and its row's id. */
async function makeKey(): Promise<{ key: string; id: string }> {
  const { key, prefix, hash } = createApiKey(randomBytes);
  const id = newId(Date.now());
  await world.sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${id}, ${world.tenant.organizationId}, 'portal', ${prefix}, ${hash}, ${scopes}, 'e2e')`;
  return { key, id };
}

async function makeAccount(name: string): Promise<string> {
  const id = newId(Date.now());
  await world.sql`
    insert into accounts (id, organization_id, name) values (${id}, ${world.tenant.organizationId}, ${name})`;
  return publicId("acc", id);
}

/** What an access link carries behind its #. */
async function makeLink(key: string, body: object = {}): Promise<string> {
  const answer = await fetch(`${api.url}/v1/access-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { url } = (await answer.json()) as { url: string };
  return new URL(url).hash.slice(1);
}

/** What a browser keeps of the answers, as far as it matters here. */
function createBrowser() {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async send(method: string, path: string, body?: object) {
      const headers: Record<string, string> = {
        origin: portal.url,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const answer = await fetch(`${portal.url}${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
      });
      for (const text of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await answer.text();
      return {
        status: answer.status,
        body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>,
      };
    },
  };
}

test("a customer follows a link, manages the account's endpoints, and can reach nothing else", async () => {
  const { key } = await makeKey();
  const [mine, theirs] = [await makeAccount("Clinic A"), await makeAccount("Clinic B")];
  const token = await makeLink(key, { account_id: mine });
  const browser = createBrowser();
  const signedIn = await browser.send("POST", "/session", { access_token: token });
  expect(signedIn).toMatchObject({ status: 200, body: { account: { id: mine, name: "Clinic A" } } });
  expect(await browser.send("GET", "/session")).toEqual(signedIn);

  const endpoint = { name: "mine", url: `${world.receiver.url}/mine` };
  const made = await browser.send("POST", "/api/v1/subscriptions", endpoint);
  expect(made).toMatchObject({ status: 201, body: { account_id: mine } });
  const foreign = await browser.send("POST", "/api/v1/subscriptions", { ...endpoint, account_id: theirs });
  expect(foreign.status).toBe(422);
  const other = createBrowser();
  await other.send("POST", "/session", { access_token: await makeLink(key, { account_id: theirs }) });
  const id = String(made.body.id);
  expect((await other.send("GET", `/api/v1/subscriptions/${id}`)).status).toBe(404);
  expect((await other.send("GET", `/api/v1/subscriptions/${id}/stats`)).status).toBe(404);
  expect((await other.send("GET", "/api/v1/subscriptions")).body.data).toEqual([]);
  expect((await browser.send("GET", "/api/v1/accounts")).status).toBe(403);
  expect((await browser.send("GET", "/api/v1/audit")).status).toBe(404);
});

test("a link is good once, and the session is dead after signing out, also for whoever kept the cookie", async () => {
  const { key } = await makeKey();
  const token = await makeLink(key);
  const [browser, thief] = [createBrowser(), createBrowser()];
  expect((await browser.send("POST", "/session", { access_token: token })).status).toBe(200);
  expect((await thief.send("POST", "/session", { access_token: token })).status).toBe(401);
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
  expect((await thief.send("GET", "/api/v1/events")).status).toBe(200);
  expect((await browser.send("DELETE", "/session")).status).toBe(204);
  expect(browser.cookies.size).toBe(0);
  expect((await thief.send("GET", "/api/v1/events")).status).toBe(401);
});

test("an expired link opens nothing", async () => {
  const { key, id } = await makeKey();
  const token = await makeLink(key);
  await world.sql`update access_links set expires_at = now() - interval '1 second' where api_key_id = ${id}`;
  expect((await createBrowser().send("POST", "/session", { access_token: token })).status).toBe(401);
});

test("a session ends within a second of its key", async () => {
  const { key, id } = await makeKey();
  const browser = createBrowser();
  await browser.send("POST", "/session", { api_key: key });
  expect((await browser.send("GET", "/api/v1/events")).status).toBe(200);
  await world.sql`update api_keys set revoked_at = now() where id = ${id}`;
  const revokedAt = Date.now();
  let acceptedAt = revokedAt;
  await eventually(async () => {
    const startedAt = Date.now();
    if ((await browser.send("GET", "/api/v1/events")).status === 401) return true;
    acceptedAt = startedAt;
    return false;
  });
  expect(acceptedAt - revokedAt).toBeLessThan(1_000);
});

test("a link for a frame keeps its session in that frame, which only the configured page may show", async () => {
  const { key } = await makeKey();
  const browser = createBrowser();
  const token = await makeLink(key, { embed_origin: embedOrigin });
  const signedIn = await browser.send("POST", "/session", { access_token: token });
  expect(signedIn.body.embed_origin).toBe(embedOrigin);
  expect([...browser.cookies.keys()]).toEqual(["__Host-portal-frame", "__Host-portal-frame-origin"]);
  const page = await fetch(`${portal.url}/access?embed=${encodeURIComponent(embedOrigin)}`, {
    headers: { accept: "text/html" },
  });
  expect(page.headers.get("content-security-policy")).toContain(`frame-ancestors ${embedOrigin}`);
});

test("events are seen as they happen, through the portal", async () => {
  const { key } = await makeKey();
  const browser = createBrowser();
  await browser.send("POST", "/session", { api_key: key });
  const gone = new AbortController();
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const tail = await fetch(`${portal.url}/api/v1/tail`, { headers: { cookie }, signal: gone.signal });
  expect(tail.headers.get("content-type")).toContain("text/event-stream");
  let seen = "";
  const reading = (async () => {
    for await (const piece of tail.body ?? []) seen += Buffer.from(piece).toString();
  })().catch(() => {});
  await eventually(() => seen.includes("event: ready"));
  const event = { type: "order.paid", id: "live-1", data: { order_id: "o", customer_id: "c" } };
  await browser.send("POST", "/api/v1/events", event);
  await eventually(() => seen.includes("live-1"));
  gone.abort();
  await reading;
});

test("no token is in the log of any process", async () => {
  for (const app of [api, portal]) expect(app.output()).not.toMatch(/cw_(live|sess|link)_/);
});

// Last: the API stays dead.
test("while the API is down the portal says so, and is not ready", async () => {
  const { key } = await makeKey();
  const browser = createBrowser();
  await browser.send("POST", "/session", { api_key: key });
  api.kill("SIGKILL");
  await api.exited;
  expect((await browser.send("GET", "/api/v1/events")).status).toBe(503);
  expect((await browser.send("GET", "/session")).status).toBe(503);
  expect((await fetch(`${portal.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${portal.url}/livez`)).status).toBe(200);
});
