import { migrations } from "@carewire/db";
import { createTestDatabase, findFreePort, signLiveKitRequest, startProcess } from "@carewire/testkit";
import type { Sql } from "postgres";
import { expect, test } from "vitest";
import { organizationId } from "./testing/start-test-telemedicine.ts";

const keys = { apiKey: "APIcrash", apiSecret: "crash-secret-0123456789abcdef0123" };
const identity = "patient-CANARY7f3a";
const entry = new URL("./main.ts", import.meta.url).pathname;

/** Starts the real ingress process on `port`, its failpoints alive, writing every log line it has. */
function startIngress(databaseUrl: string, port: number, failpoint = "") {
  return startProcess({
    entry,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    env: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      CAREWIRE_ENV: "local",
      LOG_LEVEL: "debug",
      CAREWIRE_ORGANIZATION_ID: organizationId,
      KEY_ENCRYPTION_KEYS: `test1:${Buffer.alloc(32, 7).toString("base64")}`,
      LIVEKIT_API_KEY: keys.apiKey,
      LIVEKIT_API_SECRET: keys.apiSecret,
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

const eventOf = (id: string, more: object = {}) => ({
  event: "participant_joined",
  id,
  createdAt: "1767225600",
  room: { sid: "RM_1", name: "appt_789" },
  participant: { sid: "PA_1", identity },
  ...more,
});

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, event: string | object): Promise<number | null> {
  const request = await signLiveKitRequest(event, keys);
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/webhooks/livekit`, {
      method: "POST",
      ...request,
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

async function countEvents(sql: Sql, eventId: string): Promise<{ events: number; queued: number }> {
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
  "killed %s the commit, LiveKit hears nothing, and its retry makes it exactly one event",
  async (moment, stored) => {
    const database = await createTestDatabase(migrations);
    await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
    const port = await findFreePort();
    const eventId = `EV_${moment}`;

    const doomed = await startIngress(database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, eventOf(eventId))).toBeNull();
    await doomed.exited;
    expect(await countEvents(database.sql, eventId)).toEqual({ events: stored, queued: stored });

    const next = await startIngress(database.serviceUrl, port);
    expect(await send(port, eventOf(eventId))).toBe(200);
    expect(await countEvents(database.sql, eventId)).toEqual({ events: 1, queued: 1 });
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);

test("whatever happens to a request, its log lines name nobody", async () => {
  const database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const port = await findFreePort();
  const ingress = await startIngress(database.serviceUrl, port);
  expect(await send(port, eventOf("EV_log"))).toBe(200);
  expect(await send(port, eventOf("EV_log", { room: { sid: "RM_2", name: identity } }))).toBe(200);
  expect(await send(port, eventOf("EV_bad", { event: identity.repeat(20) }))).toBe(400);
  expect(await send(port, `{"${identity}"`)).toBe(400);
  ingress.kill("SIGTERM");
  await ingress.exited;
  await database.drop();
  const output = ingress.output();
  expect(output).toContain("kept as malformed");
  expect(output).toContain("repeats an id with another body");
  for (const secret of ["CANARY7f3a", keys.apiSecret, "eyJ"]) expect(output).not.toContain(secret);
}, 120_000);
