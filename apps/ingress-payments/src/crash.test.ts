import { migrate, migrations } from "@carewire/db";
import {
  createTestDatabase,
  eventually,
  findFreePort,
  signStripeRequest,
  startPostgres,
  startProcess,
} from "@carewire/testkit";
import postgres from "postgres";
import { expect, test } from "vitest";
import { organizationId } from "./testing/start-test-payments.ts";

const secret = "whsec_crash_test";
const entry = new URL("./main.ts", import.meta.url).pathname;

/** Starts the real ingress process on `port`, its failpoints alive. */
function startIngress(databaseUrl: string, port: number, failpoint = "") {
  return startProcess({
    entry,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      CAREWIRE_ENV: "local",
      CAREWIRE_ORGANIZATION_ID: organizationId,
      KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
      STRIPE_WEBHOOK_SECRET: secret,
      MOBILE_MONEY_CALLBACK_SECRET: "crash-callback-secret",
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, eventId: string): Promise<number | null> {
  const event = {
    id: eventId,
    object: "event",
    type: "charge.refunded",
    created: 1_767_225_600,
    livemode: false,
    data: { object: {} },
  };
  const request = await signStripeRequest(event, { secret, nowMs: Date.now() });
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/webhooks/stripe`, {
      method: "POST",
      ...request,
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

async function countEvents(sql: postgres.Sql, eventId: string): Promise<{ events: number; queued: number }> {
  const [row] = await sql<{ events: number; queued: number }[]>`
    select count(e.*)::int events, count(q.*)::int queued from inbound_requests r
    join events e on e.inbound_request_id = r.id left join route_queue q on q.event_id = e.id
    where r.external_id = ${eventId}`;
  return row ?? { events: 0, queued: 0 };
}

test.each([
  ["before", 0],
  ["after", 1],
] as const)(
  "killed %s the commit, the sender hears nothing, and its retry makes it exactly one event",
  async (moment, stored) => {
    const database = await createTestDatabase(migrations);
    await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
    const port = await findFreePort();
    const eventId = `evt_${moment}`;

    const doomed = await startIngress(database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, eventId)).toBeNull();
    await doomed.exited;
    expect(await countEvents(database.sql, eventId)).toEqual({ events: stored, queued: stored });

    const next = await startIngress(database.serviceUrl, port);
    expect(await send(port, eventId)).toBe(200);
    expect(await countEvents(database.sql, eventId)).toEqual({ events: 1, queued: 1 });
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);

test("kill -9 of PostgreSQL under load loses no acknowledged event, and the ingress recovers by itself", async () => {
  const server = await startPostgres({});
  await migrate(server.url);
  const sql = postgres(server.url, { max: 2, onnotice: () => {} });
  await sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const port = await findFreePort();
  const ingress = await startIngress(server.url, port);

  const acknowledged = new Set<string>();
  let sent = 0;
  let crashed = Promise.resolve();
  let sentMax = Number.POSITIVE_INFINITY;
  const sendAll = async () => {
    while (sent < sentMax) {
      const n = sent++;
      if (n === 200) crashed = server.crash();
      if (n === 240) {
        await crashed.then(server.start);
        sentMax = sent + 360;
      }
      if ((await send(port, `evt_load_${n}`)) === 200) acknowledged.add(`evt_load_${n}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, sendAll));
  await eventually(async () => (await send(port, "evt_after")) === 200);

  const rows = await eventually(
    () => sql<{ id: string }[]>`select external_id id from inbound_requests where verdict = 'accepted'`,
  );
  const stored = new Set(rows.map((row) => row.id));
  expect(acknowledged.size).toBeGreaterThan(200);
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  ingress.kill("SIGKILL");
  await ingress.exited;
  await sql.end({ timeout: 1 });
  await server.remove();
}, 120_000);
