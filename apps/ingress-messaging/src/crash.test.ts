import { migrations } from "@carewire/db";
import { createTestDatabase, findFreePort, signWhatsAppRequest, startProcess } from "@carewire/testkit";
import type { Sql } from "postgres";
import { expect, test } from "vitest";
import { change, message, phoneNumberId, request, status } from "./testing/requests.ts";
import { organizationId } from "./testing/start-test-messaging.ts";

const appSecret = "crash_app_secret";
const verifyToken = "crash-verify-token";
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
      WHATSAPP_APP_SECRET: appSecret,
      WHATSAPP_VERIFY_TOKEN: verifyToken,
      WHATSAPP_PHONE_NUMBER_IDS: phoneNumberId,
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, body: string | object): Promise<number | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/webhook`, {
      method: "POST",
      ...signWhatsAppRequest(body, { appSecret }),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

async function countEvents(sql: Sql): Promise<{ events: number; queued: number }> {
  const [row] = await sql<{ events: number; queued: number }[]>`
    select count(e.*)::int events, count(q.*)::int queued from events e left join route_queue q on q.event_id = e.id`;
  return row ?? { events: 0, queued: 0 };
}

const batch = request(
  change({ messages: [message("wamid.a"), message("wamid.b")] }),
  change({ statuses: [status("wamid.c", "delivered"), status("wamid.c", "read", 1)] }),
);

test.each([
  ["before", 0],
  ["after", 4],
] as const)(
  "killed %s the commit, Meta hears nothing, and its retry makes every item of the batch exactly one event",
  async (moment, stored) => {
    const database = await createTestDatabase(migrations);
    await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
    const port = await findFreePort();

    const doomed = await startIngress(database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, batch)).toBeNull();
    await doomed.exited;
    expect(await countEvents(database.sql)).toEqual({ events: stored, queued: stored });

    const next = await startIngress(database.serviceUrl, port);
    expect(await send(port, batch)).toBe(200);
    expect(await countEvents(database.sql)).toEqual({ events: 4, queued: 4 });
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);

test("whatever happens to a request, its log lines name nobody and hold no secret", async () => {
  const database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const port = await findFreePort();
  const ingress = await startIngress(database.serviceUrl, port);
  const { from, id } = message("wamid.HBgLMTY1MDU1NTEyMzQ");
  expect(await send(port, request(change({ messages: [message(id)] })))).toBe(200);
  expect(await send(port, request(change({ messages: [message(id, { text: { body: "other" } })] })))).toBe(
    200,
  );
  expect(await send(port, request(change({ messages: [null, { from }] })))).toBe(200);
  expect(await send(port, request(change({ messages: [message(id)] }, "999")))).toBe(200);
  expect(await send(port, { object: "whatsapp_business_account", from })).toBe(400);
  expect(await send(port, `{"from":"${from}"`)).toBe(400);
  const query = new URLSearchParams({
    "hub.mode": "subscribe",
    "hub.challenge": "1",
    "hub.verify_token": verifyToken,
  });
  const answers = await Promise.all(
    [`${query}`, `${query}x`].map((asked) => fetch(`http://127.0.0.1:${port}/webhook?${asked}`)),
  );
  expect(answers.map((answer) => answer.status)).toEqual([200, 403]);
  ingress.kill("SIGTERM");
  await ingress.exited;
  await database.drop();
  const output = ingress.output();
  expect(output).toContain("kept as malformed");
  expect(output).toContain("repeats an id with another body");
  for (const secret of [from, id, appSecret, verifyToken]) expect(output).not.toContain(secret);
}, 120_000);
