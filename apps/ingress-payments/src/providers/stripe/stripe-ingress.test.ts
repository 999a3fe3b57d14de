import { createHmac } from "node:crypto";
import { migrations } from "@carewire/db";
import type { RunningService } from "@carewire/service-kit";
import { createFakeClock, createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { organizationId, startTestPayments } from "../../testing/start-test-payments.ts";
import { recordedTopic, unsupportedTopic } from "./stripe-topics.ts";
import vectors from "./testing/vectors.json" with { type: "json" };

const secret = "whsec_test_stripe_secret";
const nowSeconds = vectors.nowSeconds;
const clock = createFakeClock(nowSeconds * 1_000);
const url = () => `${service.url}/api/webhooks/stripe`;
let database: TestDatabase;
let service: RunningService;
let sequence = 0;
let body: string;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestPayments({
    databaseUrl: database.serviceUrl,
    secrets: [secret, "whsec_previous"],
    clock,
  });
});
beforeEach(() => {
  body = eventBody(`evt_case_${++sequence}`);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const eventBody = (id: string, type = "charge.refunded"): string =>
  JSON.stringify({
    id,
    object: "event",
    created: nowSeconds,
    livemode: false,
    type,
    data: { object: { note: "é" } },
  });

/** The header Stripe's own library makes. */
const sign = (
  payload: string,
  options: { secret?: string; timestamp?: number; scheme?: string } = {},
): string => Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: nowSeconds, ...options });

/** A header that is right for its `t`, whatever that is; Stripe's library would make none for these. */
const signAt = (t: string): string =>
  `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`;

function send(payload: string | Buffer, signature: string | null, headers: Record<string, string> = {}) {
  const signed: Record<string, string> = signature === null ? {} : { "stripe-signature": signature };
  return fetch(url(), {
    method: "POST",
    headers: { "content-type": "application/json", ...signed, ...headers },
    body: Buffer.from(payload),
  });
}

async function countRows(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
}

async function eventsOf(externalId: string) {
  return database.sql<{ type: string }[]>`
    select e.type from events e join inbound_requests r on r.id = e.inbound_request_id
    where r.external_id = ${externalId}`;
}

test.each(vectors.vectors)("vector: $name", async ({ headers, body: payload, ok }) => {
  const signature = headers["stripe-signature"];
  const response = await send(payload, signature);
  expect(response.status).toBe(ok ? 200 : 401);
  if (!ok) expect(await response.text()).toBe("");
});

const v1Of = (header: string): string => header.split("v1=")[1] ?? "";
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

test.each<[string, () => { payload?: string | Buffer; signature: string | null }]>([
  ["no signature header", () => ({ signature: null })],
  ["an empty signature header", () => ({ signature: "" })],
  ["a signature header over 8 KiB", () => ({ signature: `${sign(body)},v0=${"0".repeat(8_200)}` })],
  ["two signature headers", () => ({ signature: `${sign(body)}, ${sign(body)}` })],
  ["one byte of the body changed", () => ({ payload: body.replace("é", "e"), signature: sign(body) })],
  ["white space added", () => ({ payload: `${body} `, signature: sign(body) })],
  ["its keys in another order", () => ({ payload: reordered(body), signature: sign(body) })],
  [
    "its JSON written again with escapes",
    () => ({ payload: body.replace("é", "\\u00e9"), signature: sign(body) }),
  ],
  [
    "a byte order mark in front",
    () => ({ payload: Buffer.concat([bom, Buffer.from(body)]), signature: sign(body) }),
  ],
  ["invalid UTF-8 in place of U+FFFD", () => malleable()],
  [
    "re-serialised JSON",
    () => ({ payload: JSON.stringify(JSON.parse(body), null, 1), signature: sign(body) }),
  ],
  ["another tenant's secret", () => ({ signature: sign(body, { secret: "whsec_other" }) })],
  ["its secret with a line break", () => ({ signature: sign(body, { secret: `${secret}\n` }) })],
  ["a time 301 s ago", () => ({ signature: sign(body, { timestamp: nowSeconds - 301 }) })],
  ["a time 301 s ahead", () => ({ signature: sign(body, { timestamp: nowSeconds + 301 }) })],
  ["milliseconds", () => ({ signature: signAt(`${nowSeconds}000`) })],
  ["a fraction", () => ({ signature: signAt(`${nowSeconds}.5`) })],
  ["a negative time", () => ({ signature: signAt(`-${nowSeconds}`) })],
  ["letters after the time", () => ({ signature: signAt(`${nowSeconds}abc`) })],
  ["two times, the first stale", () => ({ signature: `t=1,${sign(body)}` })],
  ["its time altered", () => ({ signature: sign(body).replace(`t=${nowSeconds}`, `t=${nowSeconds - 1}`) })],
  ["a truncated signature", () => ({ signature: sign(body).slice(0, -1) })],
  ["a longer signature", () => ({ signature: `${sign(body)}0` })],
  ["upper-case hex", () => ({ signature: `t=${nowSeconds},v1=${v1Of(sign(body)).toUpperCase()}` })],
  [
    "base64 for hex",
    () => ({ signature: `t=${nowSeconds},v1=${Buffer.from(v1Of(sign(body)), "hex").toString("base64")}` }),
  ],
  ["a signature beyond ASCII", () => ({ signature: `t=${nowSeconds},v1=${"\u00e9".repeat(64)}` })],
  ["an empty signature", () => ({ signature: `t=${nowSeconds},v1=` })],
  ["only v0", () => ({ signature: sign(body, { scheme: "v0" }) })],
  ["only v2", () => ({ signature: sign(body, { scheme: "v2" }) })],
  [
    "many signatures, none right",
    () => ({ signature: `t=${nowSeconds}${`,v1=${"0".repeat(64)}`.repeat(16)}` }),
  ],
  ["17 signatures, one right", () => ({ signature: `${sign(body)}${`,v1=${"0".repeat(64)}`.repeat(16)}` })],
])("a request with %s is answered 401 with an empty body and leaves no row", async (_name, build) => {
  const before = await countRows();
  const { payload = body, signature } = build();
  const response = await send(payload, signature);
  expect(response.status).toBe(401);
  expect(await response.text()).toBe("");
  expect(await countRows()).toBe(before);
});

function reordered(text: string): string {
  const { id, ...rest } = JSON.parse(text) as { id: string };
  return JSON.stringify({ ...rest, id });
}

function malleable() {
  const signed = body.replace("é", "\ufffd");
  const cut = Buffer.from(signed);
  const at = cut.indexOf(Buffer.from("\ufffd"));
  return {
    payload: Buffer.concat([cut.subarray(0, at), Buffer.from([0xfe]), cut.subarray(at + 3)]),
    signature: sign(signed),
  };
}

test.each([
  ["300 s ago", () => sign(body, { timestamp: nowSeconds - 300 })],
  ["with the previous secret", () => sign(body, { secret: "whsec_previous" })],
  [
    "beside a signature of an unknown secret",
    () => `${sign(body, { secret: "whsec_next" })},v1=${v1Of(sign(body))}`,
  ],
])("a request signed %s is accepted", async (_name, build) => {
  expect((await send(body, build())).status).toBe(200);
});

test("a retry, signed again later, is the same event", async () => {
  const first = await (await send(body, sign(body, { timestamp: nowSeconds - 60 }))).json();
  const again = await (await send(body, sign(body))).json();
  expect(again).toEqual({ ...(first as object), duplicate: true });
});

test("50 concurrent copies are one event", async () => {
  const copies = await Promise.all(Array.from({ length: 50 }, () => send(body, sign(body))));
  expect(copies.map((copy) => copy.status)).toEqual(Array(50).fill(200));
  expect(await eventsOf(`evt_case_${sequence}`)).toHaveLength(1);
});

test("the same id with another body, correctly signed, is a recorded conflict without effect", async () => {
  await send(body, sign(body));
  const other = body.replace("é", "changed");
  expect((await send(other, sign(other))).status).toBe(200);
  expect(await eventsOf(`evt_case_${sequence}`)).toHaveLength(1);
  const rows = await database.sql`
    select verdict from inbound_requests where external_id = ${`evt_case_${sequence}`} order by verdict`;
  expect(rows.map((row) => row.verdict)).toEqual(["accepted", "conflict"]);
});

test.each([
  ["an unknown type", eventBody("evt_unknown", "customer.tax_id.created"), recordedTopic],
  [
    "a thin v2 event",
    JSON.stringify({
      id: "evt_thin",
      object: "v2.core.event",
      type: "v1.x",
      created: "2026-01-01T00:00:00Z",
    }),
    unsupportedTopic,
  ],
])("%s is answered 200 and recorded", async (_name, payload, topic) => {
  expect((await send(payload, sign(payload))).status).toBe(200);
  const { id } = JSON.parse(payload) as { id: string };
  expect(await eventsOf(id)).toEqual([{ type: topic }]);
});

test.each([
  ["empty", "", 400],
  ["null", "null", 400],
  ["a list", "[]", 400],
  ["a depth bomb", "[".repeat(100_000), 400],
  ["reaching for the prototype", '{"id":"evt_p","type":"a.b","__proto__":{}}', 400],
  ["with a byte order mark, signed with it", '\ufeff{"id":"evt_b","type":"a.b"}', 400],
  ["with a key twice", '{"id":"evt_twice","type":"charge.refunded","data":{"a":1,"a":2}}', 400],
  ["5 MB", " ".repeat(5 * 1024 * 1024), 413],
])("a signed body that is %s is answered with its status", async (_name, payload, status) => {
  expect((await send(payload, sign(payload))).status).toBe(status);
});

test("a compressed body is answered 415", async () => {
  expect((await send(body, sign(body), { "content-encoding": "gzip" })).status).toBe(415);
});

test("GET is answered 405, naming POST", async () => {
  const response = await fetch(url());
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  await response.body?.cancel();
});
