import { randomBytes } from "node:crypto";
import { newId, publicId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import { findFreePort, openBrowser } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { type ApiClient, createApiClient } from "../world/api-client.ts";
import { createWorld, type World } from "../world/create-world.ts";
import { openPages, type PageOptions } from "../world/open-pages.ts";

/** The portal as people see it: the real processes, a receiver, and one browser. */
export interface PortalStage {
  world: World;
  /** The portal. */
  url: string;
  apiUrl: string;
  /** subscriptions-api, as the holder of `key`. */
  api: ApiClient;
  /** A key that may do everything a subscriber may. */
  key: string;
  /** An account of the organization. */
  accountId: string;
  createKey(name: string, scopes: readonly string[]): Promise<string>;
  /** A page of a browser profile in which nobody is signed in. */
  openPage(options?: PageOptions): Promise<Page>;
  /** The same, signed in with the key, on the page at `path`. */
  openSignedIn(path?: string, options?: PageOptions): Promise<Page>;
  /** Ends the use of an opened page. */
  leave(page: Page): Promise<void>;
  close(): Promise<void>;
}

const subscriberScopes = [
  "access_links:write",
  "accounts:read",
  "api_keys:read",
  "api_keys:write",
  "deliveries:read",
  "deliveries:write",
  "event_types:read",
  "event_types:write",
  "events:read",
  "events:write",
  "payloads:read",
  "secrets:read",
  "subscriptions:read",
  "subscriptions:write",
];

/** `settings` are those of the portal and of subscriptions-api. */
export async function startPortalStage(settings: Record<string, string> = {}): Promise<PortalStage> {
  const world = await createWorld();
  const portalPort = String(await findFreePort());
  const portalUrl = `http://127.0.0.1:${portalPort}`;
  const [apiApp] = await Promise.all([
    world.start("subscriptions-api", { PORTAL_URL: portalUrl, ...settings }),
    world.start("dispatcher", { RETRY_SCHEDULE_MS: "500,3600000" }),
  ]);
  const [portal, browser] = await Promise.all([
    world.start("portal", { PORT: portalPort, SUBSCRIPTIONS_API_URL: apiApp.url, ...settings }),
    openBrowser(),
  ]);
  const createKey = (name: string, scopes: readonly string[]) => insertKey(world, name, scopes);
  const key = await createKey("Platform team", subscriberScopes);
  const pages = openPages(browser, portal.url);
  return {
    world,
    url: portal.url,
    apiUrl: apiApp.url,
    api: createApiClient({ url: apiApp.url, key }),
    key,
    accountId: await insertAccount(world),
    createKey,
    openPage: pages.open,
    async openSignedIn(path = "/", options = {}) {
      const page = await pages.open(options);
      await signInAs(page, portal.url, key);
      await page.goto(portal.url + path);
      await page.locator("h1").waitFor();
      return page;
    },
    leave: pages.leave,
    async close() {
      await browser.close();
      await world.close();
    },
  };
}

/** Signs the page's browser profile in, as the form does. */
export async function signInAs(page: Page, url: string, apiKey: string): Promise<void> {
  const answer = await page.request.post(`${url}/session`, {
    data: { api_key: apiKey },
    headers: { origin: url },
  });
  if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}: ${await answer.text()}`);
}

async function insertKey({ sql, tenant }: World, name: string, scopes: readonly string[]): Promise<string> {
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${tenant.organizationId}, ${name}, ${prefix}, ${hash}, ${[...scopes]}, 'e2e')`;
  return key;
}

async function insertAccount({ sql, tenant }: World): Promise<string> {
  const id = newId(Date.now());
  await sql`insert into accounts (id, organization_id, name) values (${id}, ${tenant.organizationId}, 'Clinic Rotterdam')`;
  return publicId("acc", id);
}
