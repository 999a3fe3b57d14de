import { createHmac } from "node:crypto";
import { migrations } from "@carewire/db";
import type { RunningService } from "@carewire/service-kit";
import {
  createFakeClock,
  createTestDatabase,
  signWhatsAppRequest,
  type TestDatabase,
} from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { change, message, nowSeconds, phoneNumberId, request, status } from "../../testing/requests.ts";
import { organizationId, startTestMessaging } from "../../testing/start-test-messaging.ts";
import { messageTopic, recordedTopic, statusTopic, unknownNumberTopic } from "./whatsapp-topics.ts";

const appSecret = "meta_app_secret_test";
const clock = createFakeClock(nowSeconds * 1_000);
let database: TestDatabase;
let service: RunningService;
let sequence = 0;
let body: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestMessaging({
    databaseUrl: database.serviceUrl,
    secrets: [appSecret, "previous_app_secret"],
    verifyTokens: ["a-verify-token"],
    clock,
  });
});
beforeEach(() => {
  body = bodyOf(request(change({ messages: [message(`wamid.case${++sequence}`)] })));
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const bodyOf = (json: object): string => signWhatsAppRequest(json, { appSecret }).body.toString();
const sign = (payload: string | Buffer, secret = appSecret): string =>
  `sha256=${createHmac("sha256", secret).update(payload).digest("hex")}`;
const hexOf = (signature: string): string => signature.slice("sha256=".length);

function send(payload: string | Buffer, signature: string | null, headers: Record<string, string> = {}) {
  const signed: Record<string, string> = signature === null ? {} : { "x-hub-signature-256": signature };
  return fetch(`${service.url}/webhook`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signed, ...headers },
    body: Buffer.from(payload),
  });
}

/** Sends a request correctly signed; it must be answered 200. */
async function deliver(json: object): Promise<void> {
  const { headers, body: payload } = signWhatsAppRequest(json, { appSecret });
  const response = await fetch(`${service.url}/webhook`, { method: "POST", headers, body: payload });
  expect(response.status).toBe(200);
  await response.body?.cancel();
}

async function countRows(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

/** Topics of the events whose key begins so, in the order of the keys. */
async function topicsOf(keyStart: string): Promise<string[]> {
  const rows = await database.sql<{ type: string }[]>`
    select e.type from idempotency i join events e on e.id = i.event_id
    where starts_with(i.key, ${keyStart}) order by i.key`;
  return rows.map(({ type }) => type);
}

const bom = Buffer.from([0xef, 0xbb, 0xbf]);
const sha1 = (payload: string) => `sha1=${createHmac("sha1", appSecret).update(payload).digest("hex")}`;

test.each<
  [string, () => { payload?: string | Buffer; signature: string | null; headers?: Record<string, string> }]
>([
  ["no signature header", () => ({ signature: null })],
  ["an empty signature header", () => ({ signature: "" })],
  ["a signature header over 8 KiB", () => ({ signature: sign(body) + "0".repeat(8_200) })],
  ["two signature headers", () => ({ signature: `${sign(body)}, ${sign(body)}` })],
  ["one byte of the body changed", () => ({ payload: body.replace("caf", "cav"), signature: sign(body) })],
  ["white space added", () => ({ payload: `${body} `, signature: sign(body) })],
  ["its escapes written out", () => ({ payload: body.replace("\\u00e9", "é"), signature: sign(body) })],
  ["its slashes unescaped", () => ({ payload: body.replaceAll("\\/", "/"), signature: sign(body) })],
  ["re-serialised JSON", () => ({ payload: JSON.stringify(JSON.parse(body)), signature: sign(body) })],
  [
    "a byte order mark in front",
    () => ({ payload: Buffer.concat([bom, Buffer.from(body)]), signature: sign(body) }),
  ],
  ["another app's secret", () => ({ signature: sign(body, "other_app_secret") })],
  ["its secret with a line break", () => ({ signature: sign(body, `${appSecret}\n`) })],
  ["only a SHA-1 header", () => ({ signature: null, headers: { "x-hub-signature": sha1(body) } })],
  ["SHA-1 in the SHA-256 header", () => ({ signature: sha1(body) })],
  ["a truncated signature", () => ({ signature: sign(body).slice(0, -1) })],
  ["a longer signature", () => ({ signature: `${sign(body)}0` })],
  ["upper-case hex", () => ({ signature: `sha256=${hexOf(sign(body)).toUpperCase()}` })],
  [
    "base64 for hex",
    () => ({ signature: `sha256=${Buffer.from(hexOf(sign(body)), "hex").toString("base64")}` }),
  ],
  ["a signature beyond ASCII", () => ({ signature: `sha256=${"\u00e9".repeat(64)}` })],
  ["an empty signature", () => ({ signature: "sha256=" })],
  ["the verify token in place of a signature", () => ({ signature: "a-verify-token" })],
])("a request with %s is answered 401 with an empty body and leaves no row", async (_name, build) => {
  const before = await countRows();
  const { payload = body, signature, headers } = build();
  const response = await send(payload, signature, headers);
  expect(response.status).toBe(401);
  expect(await response.text()).toBe("");
  expect(await countRows()).toBe(before);
});

test.each([
  ["as Meta writes it, everything escaped", () => body],
  ["with characters written out", () => body.replaceAll("\\u00e9", "é").replaceAll("\\/", "/")],
])("a request %s is verified over its bytes", async (_name, build) => {
  const payload = build();
  expect((await send(payload, sign(payload))).status).toBe(200);
});

test("a request signed with the previous secret is accepted", async () => {
  expect((await send(body, sign(body, "previous_app_secret"))).status).toBe(200);
});

test("every message and status becomes an event of its own, in one commit, beside the request as it came", async () => {
  await deliver(
    request(
      change({ messages: [message("wamid.fan1"), message("wamid.fan2")] }),
      change({ statuses: [status("wamid.fan3", "delivered"), status("wamid.fan3", "read", 1)] }),
    ),
  );
  expect(await topicsOf(`${phoneNumberId}:wamid.fan`)).toEqual([
    messageTopic,
    messageTopic,
    statusTopic,
    statusTopic,
  ]);
  const rows = await database.sql`
    select distinct e.inbound_request_id, r.verdict, r.body is not null "kept" from idempotency i
    join events e on e.id = i.event_id join inbound_requests r on r.id = e.inbound_request_id
    where starts_with(i.key, ${`${phoneNumberId}:wamid.fan`})`;
  expect(rows).toMatchObject([{ verdict: "accepted", kept: true }]);
});

test("a repeat adds nothing, and what is new beside repeats is taken", async () => {
  await deliver(request(change({ messages: [message("wamid.old1")] })));
  await deliver(request(change({ messages: [message("wamid.old1")] })));
  expect(await topicsOf(`${phoneNumberId}:wamid.old`)).toHaveLength(1);
  await deliver(
    request(change({ messages: [message("wamid.old1"), message("wamid.old2"), message("wamid.old2")] })),
  );
  expect(await topicsOf(`${phoneNumberId}:wamid.old`)).toHaveLength(2);
  const verdicts = await database.sql`
    select verdict from inbound_requests where starts_with(external_id, ${`${phoneNumberId}:wamid.old`}) order by verdict`;
  expect(verdicts.map(({ verdict }) => verdict)).not.toContain("conflict");
});

test("a request of one message is stored once: the event has the bytes", async () => {
  await deliver(request(change({ messages: [message("wamid.once")] })));
  const rows = await database.sql`
    select r.body is null "shared" from idempotency i
    join events e on e.id = i.event_id join inbound_requests r on r.id = e.inbound_request_id
    where i.key = ${`${phoneNumberId}:wamid.once`}`;
  expect(rows).toMatchObject([{ shared: true }]);
});

test("50 concurrent copies of a batch are its events once", async () => {
  const json = request(change({ messages: [message("wamid.fifty1"), message("wamid.fifty2")] }));
  await Promise.all(Array.from({ length: 50 }, () => deliver(json)));
  expect(await topicsOf(`${phoneNumberId}:wamid.fifty`)).toHaveLength(2);
});

test("the same message with other words, correctly signed, is a recorded conflict without effect", async () => {
  await deliver(request(change({ messages: [message("wamid.clash")] })));
  await deliver(request(change({ messages: [message("wamid.clash", { text: { body: "other" } })] })));
  expect(await topicsOf(`${phoneNumberId}:wamid.clash`)).toHaveLength(1);
  const rows = await database.sql`
    select verdict from inbound_requests where external_id = ${`${phoneNumberId}:wamid.clash`} order by verdict`;
  expect(rows.map(({ verdict }) => verdict)).toEqual(["accepted", "conflict"]);
});

test("one poison item never fails the rest", async () => {
  await deliver(
    request(
      change({ messages: [message("wamid.rest1"), { id: { $gt: "" } }, message("wamid.rest2")] }),
      "no change",
      change({ statuses: [null, status("wamid.rest3", "read")] }),
    ),
  );
  expect(await topicsOf(`${phoneNumberId}:wamid.rest`)).toEqual([messageTopic, messageTopic, statusTopic]);
});

test("what came to a number that is not ours is answered 200 and recorded", async () => {
  const before = await database.sql`select id from events where type = ${unknownNumberTopic}`;
  await deliver(request(change({ messages: [message("wamid.foreign")] }, "999")));
  const after = await database.sql`select id from events where type = ${unknownNumberTopic}`;
  expect(after.length).toBe(before.length + 1);
  expect(await topicsOf("999:wamid.foreign")).toEqual([]);
});

test("an unknown field is answered 200 and recorded", async () => {
  await deliver(request({ field: "phone_number_quality_update", value: { event: "FLAGGED" } }));
  const rows = await database.sql`select 1 from events where type = ${recordedTopic}`;
  expect(rows.length).toBeGreaterThan(0);
});

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["a depth bomb", "[".repeat(100_000), 400],
  ["reaching for the prototype", '{"object":"whatsapp_business_account","entry":[],"__proto__":{}}', 400],
  ["without entries", '{"object":"whatsapp_business_account"}', 400],
  ["with a key twice", '{"object":"whatsapp_business_account","entry":[],"entry":[]}', 400],
  ["5 MB", " ".repeat(5 * 1024 * 1024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, expected) => {
  expect((await send(payload, sign(payload))).status).toBe(expected);
});

test("a compressed body is answered 415", async () => {
  expect((await send(body, sign(body), { "content-encoding": "gzip" })).status).toBe(415);
});
