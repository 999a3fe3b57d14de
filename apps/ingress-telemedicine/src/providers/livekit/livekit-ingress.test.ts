import { createHmac, hash } from "node:crypto";
import { migrations } from "@carewire/db";
import type { RunningService } from "@carewire/service-kit";
import {
  createFakeClock,
  createTestDatabase,
  eventually,
  startTcpProxy,
  type TestDatabase,
} from "@carewire/testkit";
import { parseLiveKitSecret, signLiveKit } from "@carewire/verifiers";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { organizationId, startTestTelemedicine } from "../../testing/start-test-telemedicine.ts";
import { recordedTopic } from "./livekit-topics.ts";

const nowSeconds = 1_767_225_600;
const clock = createFakeClock(nowSeconds * 1_000);
const apiKey = "APItestkey";
const apiSecret = "livekit-test-secret-0123456789abcdef";
const current = `${apiKey}:${apiSecret}`;
const previous = `APIprevious:${"p".repeat(32)}`;
const route = "/api/webhooks/livekit";
let database: TestDatabase;
let service: RunningService;
let sequence = 0;
let body: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestTelemedicine({
    databaseUrl: database.serviceUrl,
    secrets: [current, previous],
    clock,
  });
});
beforeEach(() => {
  body = eventBody(`EV_case_${++sequence}`);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const eventBody = (id: string, event = "egress_ended"): string =>
  JSON.stringify({
    event,
    id,
    createdAt: `${nowSeconds}`,
    room: { sid: "RM_1", name: "né" },
  });

function sign(payload: string | Buffer, pair = current, timestampSeconds = nowSeconds): string {
  const parsed = parseLiveKitSecret(pair);
  if (!parsed.ok) throw new Error(parsed.detail);
  return signLiveKit(parsed.key, timestampSeconds, Buffer.from(payload));
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token correctly signed by our secret, whatever it says. */
function tokenOf(change: object, header: object = { alg: "HS256", typ: "JWT" }, digest = "sha256"): string {
  const sha256 = hash("sha256", Buffer.from(body), "base64");
  const claims = { iss: apiKey, nbf: nowSeconds, exp: nowSeconds + 300, sha256, ...change };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(digest, apiSecret).update(signed).digest("base64url")}`;
}

function send(
  payload: string | Buffer,
  authorization: string | null,
  headers: Record<string, string> = {},
  url = service.url,
) {
  const signed: Record<string, string> = authorization === null ? {} : { authorization };
  return fetch(`${url}${route}`, {
    method: "POST",
    headers: { "content-type": "application/webhook+json", ...signed, ...headers },
    body: Buffer.from(payload),
  });
}

async function countRows(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

const eventsOf = (externalId: string) => database.sql<{ type: string }[]>`
  select e.type from events e join inbound_requests r on r.id = e.inbound_request_id
  where r.external_id = ${externalId}`;

const bom = Buffer.from([0xef, 0xbb, 0xbf]);

test.each<[string, () => { payload?: string | Buffer; authorization: string | null }]>([
  ["no token", () => ({ authorization: null })],
  ["an empty token", () => ({ authorization: "" })],
  ["a token over 8 KiB", () => ({ authorization: sign(body) + "A".repeat(8_192) })],
  ["two tokens", () => ({ authorization: `${sign(body)}, ${sign(body)}` })],
  ["one byte of the body changed", () => ({ payload: body.replace("é", "e"), authorization: sign(body) })],
  ["white space added", () => ({ payload: `${body} `, authorization: sign(body) })],
  ["escapes in its JSON", () => ({ payload: body.replace("é", "\\u00e9"), authorization: sign(body) })],
  [
    "re-serialised JSON",
    () => ({ payload: JSON.stringify(JSON.parse(body), null, 1), authorization: sign(body) }),
  ],
  [
    "a byte order mark in front",
    () => ({ payload: Buffer.concat([bom, Buffer.from(body)]), authorization: sign(body) }),
  ],
  ["another tenant's secret", () => ({ authorization: sign(body, `${apiKey}:other`) })],
  ["an unknown API key", () => ({ authorization: sign(body, `APIother:${apiSecret}`) })],
  ["a token of 5 minutes and 10 s ago", () => ({ authorization: sign(body, current, nowSeconds - 310) })],
  ["a token of 11 s ahead", () => ({ authorization: sign(body, current, nowSeconds + 11) })],
  ["a token without an end", () => ({ authorization: tokenOf({ exp: undefined }) })],
  ["a token whose end is text", () => ({ authorization: tokenOf({ exp: `${nowSeconds + 300}` }) })],
  ["a token of 16 minutes", () => ({ authorization: tokenOf({ exp: nowSeconds + 960 }) })],
  [
    "a token to join a room",
    () => ({ authorization: tokenOf({ sha256: undefined, video: { roomJoin: true } }) }),
  ],
  ["a room grant beside the hash", () => ({ authorization: tokenOf({ video: { roomJoin: true } }) })],
  ["alg none", () => ({ authorization: `${encode({ alg: "none" })}.${sign(body).split(".")[1]}.` })],
  ["HS512", () => ({ authorization: tokenOf({}, { alg: "HS512" }, "sha512") })],
  ["RS256 over an HMAC", () => ({ authorization: tokenOf({}, { alg: "RS256" }) })],
  ["a truncated signature", () => ({ authorization: sign(body).slice(0, -1) })],
  ["a prefix that LiveKit never sends", () => ({ authorization: `Bearer ${sign(body)}` })],
])("a request with %s is answered 401 with an empty body and leaves no row", async (_name, build) => {
  const before = await countRows();
  const { payload = body, authorization } = build();
  const response = await send(payload, authorization);
  expect(response.status).toBe(401);
  expect(await response.text()).toBe("");
  expect(await countRows()).toBe(before);
});

test.each([
  ["signed now", () => sign(body)],
  ["10 s ahead of our clock", () => sign(body, current, nowSeconds + 10)],
  ["signed five minutes and 9 s ago", () => sign(body, current, nowSeconds - 309)],
  ["signed with the previous key pair", () => sign(body, previous)],
])("a request %s is accepted", async (_name, build) => {
  expect((await send(body, build())).status).toBe(200);
});

test.each(["application/webhook+json", "application/json; charset=utf-8"])("%s is accepted", async (type) => {
  expect((await send(body, sign(body), { "content-type": type })).status).toBe(200);
});

test("LiveKit's retry, with the very same token, is the same event", async () => {
  const token = sign(body);
  const first = await (await send(body, token)).json();
  const again = await (await send(body, token)).json();
  expect(again).toEqual({ ...(first as object), duplicate: true });
});

test("50 concurrent copies are one event", async () => {
  const copies = await Promise.all(Array.from({ length: 50 }, () => send(body, sign(body))));
  expect(copies.map((copy) => copy.status)).toEqual(Array(50).fill(200));
  expect(await eventsOf(`EV_case_${sequence}`)).toHaveLength(1);
});

test("the same id with another body, correctly signed, is a recorded conflict without effect", async () => {
  await send(body, sign(body));
  const other = body.replace("é", "changed");
  expect((await send(other, sign(other))).status).toBe(200);
  expect(await eventsOf(`EV_case_${sequence}`)).toHaveLength(1);
});

test.each(["egress_ended", "agent_job_started", "something_of_next_year"])(
  "%s is answered 200 and recorded",
  async (event) => {
    const payload = eventBody(`EV_${event}`, event);
    expect((await send(payload, sign(payload))).status).toBe(200);
    expect(await eventsOf(`EV_${event}`)).toEqual([{ type: recordedTopic }]);
  },
);

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["a depth bomb", "[".repeat(100_000), 400],
  ["reaching for the prototype", '{"event":"room_started","__proto__":{}}', 400],
  ["without an event name", '{"event":"","id":"EV_nameless"}', 400],
  ["5 MB", " ".repeat(5 * 1024 * 1024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, status) => {
  expect((await send(payload, sign(payload))).status).toBe(status);
});

test.each([
  ["a compressed body", 415, { "content-encoding": "gzip" }],
  ["text", 415, { "content-type": "text/plain" }],
])("%s is answered %i", async (_name, status, headers) => {
  expect((await send(body, sign(body), headers as Record<string, string>)).status).toBe(status);
});

test("GET is answered 405, naming POST", async () => {
  const response = await fetch(`${service.url}${route}`);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  await response.body?.cancel();
});

test("while nothing can be stored LiveKit is told to retry, since any 4xx would lose the event", async () => {
  const url = new URL(database.serviceUrl);
  const proxy = await startTcpProxy({ target: { host: url.hostname, port: Number(url.port) } });
  onTestFinished(() => proxy.close());
  Object.assign(url, { hostname: proxy.host, port: String(proxy.port) });
  const behindProxy = await startTestTelemedicine({ databaseUrl: url.href, secrets: [current], clock });
  onTestFinished(() => behindProxy.stop());

  proxy.cut();
  for (const payload of [body, "[]"]) {
    const response = await send(payload, sign(payload), {}, behindProxy.url);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    await response.body?.cancel();
  }
  proxy.restore();
  const retried = async () => (await send(body, sign(body), {}, behindProxy.url)).status === 200;
  await eventually(retried);
  expect(await eventsOf(`EV_case_${sequence}`)).toHaveLength(1);
}, 120_000);
