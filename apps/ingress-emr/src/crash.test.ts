import { migrations } from "@carewire/db";
import {
  createTestDatabase,
  eventually,
  findFreePort,
  signStandardWebhookRequest,
  startProcess,
} from "@carewire/testkit";
import type postgres from "postgres";
import { expect, test } from "vitest";
import { organizationId, secret } from "./testing/start-test-emr.ts";

const fileOf = (entry: "main" | "worker") => new URL(`./${entry}.ts`, import.meta.url).pathname;

/** Starts the real process of a role on `port`, its failpoints alive. */
function start(entry: "main" | "worker", databaseUrl: string, port: number, failpoint = "") {
  return startProcess({
    entry: fileOf(entry),
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      CAREWIRE_ENV: "local",
      CAREWIRE_ORGANIZATION_ID: organizationId,
      KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
      EMR_WEBHOOK_SECRET: secret,
      EXPIRY_INTERVAL_SECONDS: "1",
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

async function createDatabase() {
  const database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  return database;
}

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, id: string): Promise<number | null> {
  const call = {
    event: "video_call.completed",
    patient_external_id: "cus_xyz",
    appointment_id: "appt_789",
    completed_at: "2026-01-04T22:30:00Z",
  };
  const request = signStandardWebhookRequest(call, { secret, id, nowMs: Date.now() });
  try {
    const url = `http://127.0.0.1:${port}/webhooks/emr/video-call-completed`;
    const response = await fetch(url, {
      method: "POST",
      headers: request.headers,
      body: String(request.body),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

const countEvents = async (sql: postgres.Sql, type: string): Promise<number> =>
  (await sql`select 1 from events where type = ${type}`).length;

test.each([
  ["before", 0],
  ["after", 1],
] as const)(
  "killed %s the commit, the EMR hears nothing, and its retry makes it exactly one event",
  async (moment, stored) => {
    const database = await createDatabase();
    const port = await findFreePort();
    const topic = "cari.emr.video_call_completed";

    const doomed = await start("main", database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, "msg_1")).toBeNull();
    await doomed.exited;
    expect(await countEvents(database.sql, topic)).toBe(stored);

    const next = await start("main", database.serviceUrl, port);
    expect(await send(port, "msg_1")).toBe(200);
    expect(await countEvents(database.sql, topic)).toBe(1);
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);

test.each([
  ["before", 0],
  ["after", 1],
] as const)(
  "a worker killed %s the commit of a lapse tells it exactly once, by whoever starts next",
  async (moment, told) => {
    const database = await createDatabase();
    const { sql } = database;
    await sql`
      insert into customer_region_establishments
        (id, organization_id, customer_id, region_code, established, established_at, expires_at, appointment_id)
      values (uuidv7(), ${organizationId}, 'cus_1', 'US-TX', true, now() - interval '2 days', now() - interval '1 day', 'a')`;
    const port = await findFreePort();
    const type = "compliance.establishment_expired";

    // It may die before it was ever ready.
    const doomed = await start("worker", database.serviceUrl, port, `expiry.${moment}_commit:kill`).catch(
      () => null,
    );
    await doomed?.exited;
    expect(await countEvents(sql, type)).toBe(told);

    const next = await start("worker", database.serviceUrl, port);
    await eventually(
      async () => (await sql`select 1 from customer_region_establishments where established`).length === 0,
    );
    expect(await countEvents(sql, type)).toBe(1);
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);
