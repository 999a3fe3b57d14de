import { randomBytes } from "node:crypto";
import { newId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import { openBrowser } from "@carewire/testkit";
import type { Page } from "playwright-core";
import { type ApiClient, createApiClient } from "../world/api-client.ts";
import { createWorld, type World } from "../world/create-world.ts";
import { openPages, type PageOptions } from "../world/open-pages.ts";

export type Role = "viewer" | "operator" | "admin";

/** dlq-admin as people see it: the real processes, and one browser. */
export interface AdminStage {
  world: World;
  /** dlq-admin. */
  url: string;
  ingressUrl: string;
  /** subscriptions-api, as the tenant. */
  api: ApiClient;
  /** A key of each role, across organizations. */
  keys: Record<Role, string>;
  /** A page of a browser profile in which nobody is signed in. */
  openPage(options?: PageOptions): Promise<Page>;
  /** The same, with somebody signed in, on the page at `path`. */
  openPageAs(role: Role, path?: string, options?: PageOptions): Promise<Page>;
  /** Ends the use of an opened page. */
  leave(page: Page): Promise<void>;
  close(): Promise<void>;
}

const scopesOf = (role: Role) => ({ viewer: "dlq:read", operator: "dlq:write", admin: "dlq:admin" })[role];

export async function startAdminStage(settings: Record<string, string> = {}): Promise<AdminStage> {
  const world = await createWorld();
  const [apiApp, admin, ingress] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("dlq-admin", { DLQ_WATCH_SECONDS: "1", ...settings }),
    world.start("ingress-payments"),
    world.start("ingress-payments-worker"),
    world.start("doctors"),
    world.start("dispatcher"),
  ]);
  const browser = await openBrowser();
  const keys = {
    viewer: await createOperatorKey(world, "viewer"),
    operator: await createOperatorKey(world, "operator"),
    admin: await createOperatorKey(world, "admin"),
  };
  const pages = openPages(browser, admin.url);
  return {
    world,
    url: admin.url,
    ingressUrl: ingress.url,
    api: createApiClient({ url: apiApp.url, key: world.tenant.key }),
    keys,
    openPage: pages.open,
    async openPageAs(role, path = "/", options = {}) {
      const page = await pages.open(options);
      await page.request.post(`${admin.url}/session`, {
        data: { api_key: keys[role] },
        headers: { origin: admin.url },
      });
      await page.goto(admin.url + path);
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

async function createOperatorKey({ sql, tenant }: World, role: Role): Promise<string> {
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${tenant.organizationId}, ${`The ${role}`}, ${prefix}, ${hash},
      ${[scopesOf(role), "platform:admin"]}, 'e2e')`;
  return key;
}
