import { migrations } from "@carewire/db";
import { createTestDatabase, signStandardWebhookRequest, type TestDatabase } from "@carewire/testkit";
import { parseVerifyingSecret, type VerifyingKey, verifyStandardWebhook } from "@carewire/verifiers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { RunningService } from "../service/run-service.ts";
import { ingressEnvShape } from "./ingress-env.ts";
import { bindProvider, type InboundProvider } from "./provider.ts";
import { runIngress } from "./run-ingress.ts";
import { keyEncryptionKeys, organizationId } from "./testing/start-test-ingress.ts";

const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

/** Telegrams: plain text, `STOP`-separated, answered as telegrams. */
const telegrams: InboundProvider<VerifyingKey> = {
  provider: "telegrams",
  path: "/telegrams",
  methods: ["post"],
  contentTypes: ["text/plain"],
  bodyBytesMax: 1_024,
  keyTtlDays: 1,
  keptHeaders: [],
  fallbackTopic: "cari.telegrams.received",
  parseSecret: parseVerifyingSecret,
  verify: verifyStandardWebhook,
  parse(rawBody, contentType) {
    const words = rawBody.toString().split(" STOP ");
    return words.length > 1
      ? { ok: true, body: { words, contentType } }
      : { ok: false, reason: "it never stops" };
  },
  toEnvelopes({ body, messageId = "", nowMs }) {
    const payload = Buffer.from(JSON.stringify(body));
    const envelope = {
      topic: "cari.telegrams.received",
      key: messageId,
      occurredAt: new Date(nowMs),
      payload,
    };
    return { ok: true, externalId: messageId, envelopes: [envelope] };
  },
  reply: (verdict, { rawBody }) => ({
    contentType: "text/plain; charset=utf-8",
    body: `${verdict} STOP ${rawBody.byteLength}`,
  }),
};

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const env = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: database.serviceUrl,
    KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
    LOG_LEVEL: "fatal",
  });
  service = await runIngress({
    family: "test",
    env: { ...env, PORT: 0 },
    providers: [bindProvider(telegrams, [secret])],
    process: { on() {}, off() {}, exit() {}, stderr: { write() {} } },
  });
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function send(text: string, id: string) {
  const options = { secret, id, nowMs: Date.now(), contentType: "text/plain" };
  const response = await fetch(`${service.url}/telegrams`, {
    method: "POST",
    ...signStandardWebhookRequest(text, options),
  });
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const plain = "text/plain; charset=utf-8";

test("a provider reads and answers in its own format, deduplicated by the id that was signed", async () => {
  const good = "ARRIVED STOP ALL WELL";
  expect(await send(good, "msg_1")).toEqual([200, plain, `accepted STOP ${good.length}`]);
  expect(await send(good, "msg_1")).toEqual([200, plain, `duplicate STOP ${good.length}`]);
  expect(await send(`${good} STOP`, "msg_1")).toEqual([200, plain, `conflict STOP ${good.length + 5}`]);
  expect(await send("NEVER", "msg_2")).toEqual([400, plain, "malformed STOP 5"]);
  const rows = await database.sql`select verdict, external_id from inbound_requests order by id`;
  expect(rows.map(({ verdict, external_id }) => `${external_id} ${verdict}`)).toEqual([
    "msg_1 accepted",
    "msg_1 duplicate",
    "msg_1 conflict",
    "msg_2 malformed",
  ]);
});

test("what is not signed is answered like every other provider's: 401, nothing said", async () => {
  const response = await fetch(`${service.url}/telegrams`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "ARRIVED STOP ALL WELL",
  });
  expect([response.status, await response.text()]).toEqual([401, ""]);
});
