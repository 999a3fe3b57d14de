import { migrations } from "@carewire/db";
import {
  createTestDatabase,
  findFreePort,
  signStandardWebhookRequest,
  startProcess,
} from "@carewire/testkit";
import type { Sql } from "postgres";
import { expect, test } from "vitest";
import { leadSecret, organizationId, resendSecret } from "./testing/start-test-gtm.ts";

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
      RESEND_WEBHOOK_SECRET: resendSecret,
      GTM_INBOUND_SECRET: leadSecret,
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

const requests = {
  resend: { secret: resendSecret, body: '{"type":"email.sent","data":{"email_id":"e-1"}}' },
  inbound: { secret: leadSecret, body: '{"email":"sam@clinic.example"}' },
};

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, name: keyof typeof requests, id: string): Promise<number | null> {
  const { secret, body } = requests[name];
  const request = signStandardWebhookRequest(body, { secret, id, nowMs: Date.now() });
  try {
    const url = `http://127.0.0.1:${port}/api/gtm/webhooks/${name}`;
    const response = await fetch(url, { method: "POST", ...request, body: new Uint8Array(request.body) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

async function countEvents(sql: Sql, id: string): Promise<{ events: number; queued: number }> {
  const [row] = await sql<{ events: number; queued: number }[]>`
    select count(e.*)::int events, count(q.*)::int queued from inbound_requests r
    join events e on e.inbound_request_id = r.id left join route_queue q on q.event_id = e.id
    where r.external_id = ${id}`;
  return row ?? { events: 0, queued: 0 };
}

test.each([
  ["resend", "before", 0],
  ["resend", "after", 1],
  ["inbound", "before", 0],
  ["inbound", "after", 1],
] as const)(
  "%s: killed %s the commit, the sender hears nothing, and its retry makes it exactly one event",
  async (name, moment, stored) => {
    const database = await createTestDatabase(migrations);
    await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
    const port = await findFreePort();
    const id = `msg_${moment}`;

    const doomed = await startIngress(database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, name, id)).toBeNull();
    await doomed.exited;
    expect(await countEvents(database.sql, id)).toEqual({ events: stored, queued: stored });

    const next = await startIngress(database.serviceUrl, port);
    expect(await send(port, name, id)).toBe(200);
    expect(await countEvents(database.sql, id)).toEqual({ events: 1, queued: 1 });
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);
