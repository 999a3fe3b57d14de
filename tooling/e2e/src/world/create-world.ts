import { migrations } from "@carewire/db";
import { createTestDatabase, type Receiver, startReceiver } from "@carewire/testkit";
import type { Sql } from "postgres";
import type { AppRole } from "../bundles.ts";
import { createTenant, type Tenant } from "./create-tenant.ts";
import { type MoreSettings, type RunningApp, startApp } from "./start-app.ts";

/** A database of its own, a tenant in it, a subscriber's server, and the processes a test starts. */
export interface World {
  sql: Sql;
  tenant: Tenant;
  receiver: Receiver;
  /** Starts one process of the product. */
  start(role: AppRole, settings?: MoreSettings): Promise<RunningApp>;
  /** Kills every process it started and removes what it made. */
  close(): Promise<void>;
}

export interface WorldOptions {
  /** A migrated database; default: a new one on the tests' server. */
  database?: { serviceUrl: string; sql: Sql; drop(): Promise<void> };
  redisUrl?: string;
}

export async function createWorld({ database, redisUrl }: WorldOptions = {}): Promise<World> {
  const { serviceUrl: databaseUrl, sql, drop } = database ?? (await createTestDatabase(migrations));
  const tenant = await createTenant(sql);
  const receiver = await startReceiver();
  const settings = { databaseUrl, redisUrl, organizationId: tenant.organizationId };
  const apps: RunningApp[] = [];
  return {
    sql,
    tenant,
    receiver,
    async start(role, more = {}) {
      const app = await startApp(role, settings, more);
      apps.push(app);
      return app;
    },
    async close() {
      for (const app of apps) app.kill("SIGKILL");
      await Promise.all(apps.map((app) => app.exited));
      await receiver.close();
      await drop();
    },
  };
}
