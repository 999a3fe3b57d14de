import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import { eventually, openBrowser } from "@carewire/testkit";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createWorld, type World } from "./world/create-world.ts";
import type { RunningApp } from "./world/start-app.ts";

// localhost and 127.0.0.1 are two sites to a browser: what is at one is a stranger to the other.

let world: World;
let browser: Browser;
let context: BrowserContext;
let api: RunningApp;
let portal: RunningApp;
let key: string;
/** A product's page that is configured to show the portal, and one that is not. */
let product: string;
let stranger: string;
const servers: Server[] = [];

/** A page with a frame of whatever address its query names. */
async function startPage(): Promise<string> {
  const server = createServer((req, res) => {
    const framed = new URL(req.url ?? "/", "http://localhost").searchParams.get("frame");
    const frame = framed === null ? "" : `<iframe src="${framed.replaceAll("&", "&amp;")}"></iframe>`;
    res.setHeader("content-type", "text/html").end(`<!doctype html><body>${frame}</body>`);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  [product, stranger] = await Promise.all([startPage(), startPage()]);
  world = await createWorld();
  const made = createApiKey(randomBytes);
  key = made.key;
  const scopes = ["access_links:write", "subscriptions:read", "subscriptions:write"];
  await world.sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${world.tenant.organizationId}, 'frame', ${made.prefix}, ${made.hash}, ${scopes}, 'e2e')`;
  const shared = { PORTAL_EMBED_ORIGINS: product };
  api = await world.start("subscriptions-api", { ...shared, PORTAL_URL: "http://127.0.0.1:9" });
  portal = await world.start("portal", { ...shared, SUBSCRIPTIONS_API_URL: api.url });
  browser = await openBrowser();
});

beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

afterAll(async () => {
  await browser?.close();
  await world?.close();
  for (const server of servers) server.close();
});

async function makeLink(): Promise<string> {
  const answer = await fetch(`${api.url}/v1/access-links`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ embed_origin: product }),
  });
  return new URL(((await answer.json()) as { url: string }).url).hash.slice(1);
}

/** The status of a request that a page or frame makes itself; 0: the browser kept the answer from it. */
const statusFrom = (place: Page | Frame, url: string, method = "GET", body?: object): Promise<number> =>
  place.evaluate(
    async ([url, method, body]) => {
      const headers = body === null ? {} : { "content-type": "application/json" };
      const init = { method, headers, body, credentials: "include" as const };
      return fetch(url, init).then(
        ({ status }) => status,
        () => 0,
      );
    },
    [url, method, body === undefined ? null : JSON.stringify(body)] as const,
  );

/** A page of `origin` with the portal in its frame. */
async function openFrame(origin: string, path: string): Promise<{ page: Page; frame: Frame }> {
  const page = await context.newPage();
  await page.goto(`${origin}/?frame=${encodeURIComponent(`${portal.url}${path}`)}`);
  const [frame] = page.mainFrame().childFrames();
  if (frame === undefined) throw new Error("the page has no frame");
  // It may still be the empty page that every frame begins as.
  const isThere = () => frame.url().startsWith(portal.url) || frame.url().startsWith("chrome-error:");
  await eventually(isThere, { description: "the frame to be where it was sent" });
  await frame.waitForLoadState();
  return { page, frame };
}

const signIn = async (place: Page | Frame) =>
  statusFrom(place, "/session", "POST", { access_token: await makeLink() });
const accessPath = () => `/access?embed=${encodeURIComponent(product)}`;

test("in the configured page's frame somebody is signed in, and still is when the frame is loaded again", async () => {
  const { page, frame } = await openFrame(product, accessPath());
  expect(await signIn(frame)).toBe(200);
  expect(await statusFrom(frame, "/session")).toBe(200);
  expect(await statusFrom(frame, "/api/v1/subscriptions")).toBe(200);
  await frame.goto(`${portal.url}/endpoints`);
  const [again] = page.mainFrame().childFrames();
  expect(again?.url()).toBe(`${portal.url}/endpoints`);
  expect(await statusFrom(again ?? frame, "/session")).toBe(200);
});

test("a page that is not configured, and the configured one without being named, show nothing", async () => {
  for (const [origin, path] of [
    [stranger, accessPath()],
    [stranger, "/"],
    [product, "/"],
  ] as const) {
    const { frame } = await openFrame(origin, path);
    expect(frame.url()).toMatch(/^chrome-error:/);
  }
});

test("the frame's session is nowhere but in that frame: not on the portal's own pages, nor for the page around it", async () => {
  const { page, frame } = await openFrame(product, accessPath());
  await signIn(frame);
  const own = await context.newPage();
  await own.goto(portal.url);
  expect(await statusFrom(own, "/session")).toBe(401);
  expect(await statusFrom(page, `${portal.url}/session`)).toBe(0);
});

test("no page but the portal's own changes anything, whoever is signed in", async () => {
  const { page, frame } = await openFrame(product, accessPath());
  await signIn(frame);
  const own = await context.newPage();
  await own.goto(portal.url);
  expect(await statusFrom(own, "/session", "POST", { api_key: key })).toBe(200);
  const other = await context.newPage();
  await other.goto(stranger);
  const seen: number[] = [];
  context.on("response", (response) => {
    if (response.request().method() === "POST") seen.push(response.status());
  });
  const target = `${portal.url}/api/v1/subscriptions`;
  for (const foreign of [page, other]) {
    await foreign.evaluate(
      (url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }),
      target,
    );
    await foreign.setContent(`<form method="post" action="${target}"><button>Win a prize</button></form>`);
    await foreign.click("button");
    await foreign.waitForURL(target);
  }
  await eventually(() => seen.length >= 4);
  expect(seen).toEqual([403, 403, 403, 403]);
  const [row] = await world.sql`select count(*)::int n from subscriptions`;
  expect(row).toEqual({ n: 0 });
  expect(await statusFrom(own, "/session")).toBe(200);
});
