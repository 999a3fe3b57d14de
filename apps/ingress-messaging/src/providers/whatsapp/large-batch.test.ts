import { migrations } from "@carewire/db";
import { createTestDatabase, signWhatsAppRequest } from "@carewire/testkit";
import { expect, onTestFinished, test } from "vitest";
import { change, message, request, status } from "../../testing/requests.ts";
import { organizationId, startTestMessaging } from "../../testing/start-test-messaging.ts";

const appSecret = "meta_app_secret_test";
const itemCount = 1_000;
const bytesMax = 3_000_000;

/** A request of 1,000 items and almost 3 MB, the most Meta sends. */
function largestRequest(run: string) {
  const contacts = Array.from({ length: itemCount / 2 }, (_, i) => ({
    wa_id: `1650555${1_000 + i}`,
    profile: { name: `Renée ${i}` },
  }));
  const messages = contacts.map(({ wa_id }, i) =>
    message(`wamid.${run}m${i}`, { from: wa_id, text: { body: "é/".repeat(680) } }),
  );
  const statuses = messages.map((_, i) => status(`wamid.${run}s${i}`, "read"));
  return signWhatsAppRequest(request(change({ contacts, messages }), change({ statuses })), { appSecret });
}

test("1,000 items in one request of 3 MB are stored with one answer", async () => {
  const database = await createTestDatabase(migrations);
  onTestFinished(() => database.drop());
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const clock = { now: () => Date.now() };
  const options = { databaseUrl: database.serviceUrl, secrets: [appSecret], verifyTokens: ["token"], clock };
  const service = await startTestMessaging(options);
  onTestFinished(() => service.stop());

  for (const run of ["a", "b"]) {
    const { headers, body } = largestRequest(run);
    expect(body.byteLength).toBeGreaterThan(bytesMax * 0.9);
    expect(body.byteLength).toBeLessThan(bytesMax);
    const response = await fetch(`${service.url}/webhook`, { method: "POST", headers, body });
    await response.arrayBuffer();
    expect(response.status).toBe(200);
  }
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from events`;
  expect(row?.n).toBe(2 * itemCount);
}, 120_000);
