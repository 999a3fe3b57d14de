import { migrations } from "@carewire/db";
import {
  createTestDatabase,
  findFreePort,
  signStandardWebhookRequest,
  startProcess,
} from "@carewire/testkit";
import { expect, test } from "vitest";
import { organizationId, secret } from "./testing/start-test-workforce.ts";

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
      WORKFORCE_WEBHOOK_SECRET: secret,
      FAILPOINT: failpoint,
      NODE_OPTIONS: "--import=data:text/javascript,globalThis.CAREWIRE_FAILPOINTS=true",
    },
  });
}

/** The answer's status, or null when the connection broke instead. */
async function send(port: number, id: string): Promise<number | null> {
  const leave = {
    leave_id: "leave_1",
    user_id: "user_1",
    organization_id: "org_9",
    starts_on: "2026-03-02",
    ends_on: "2026-03-06",
    approved_by: "user_3",
    approved_at: "2026-02-20T09:00:00Z",
  };
  const { headers, body } = signStandardWebhookRequest(leave, { secret, id, nowMs: Date.now() });
  try {
    const url = `http://127.0.0.1:${port}/api/workforce/webhooks/leave-approved`;
    const response = await fetch(url, { method: "POST", headers, body: String(body) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}

test.each([
  ["before", 0],
  ["after", 1],
] as const)(
  "killed %s the commit, the sender hears nothing, and its retry makes it exactly one event",
  async (moment, stored) => {
    const database = await createTestDatabase(migrations);
    await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
    const countEvents = async () => (await database.sql`select 1 from events`).length;
    const port = await findFreePort();

    const doomed = await startIngress(database.serviceUrl, port, `ingress.${moment}_commit:kill`);
    expect(await send(port, "msg_1")).toBeNull();
    await doomed.exited;
    expect(await countEvents()).toBe(stored);

    const next = await startIngress(database.serviceUrl, port);
    expect(await send(port, "msg_1")).toBe(200);
    expect(await countEvents()).toBe(1);
    next.kill("SIGKILL");
    await next.exited;
    await database.drop();
  },
  120_000,
);
