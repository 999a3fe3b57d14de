import { deadLetterAad, inboundBodyAad, payloadAad } from "@carewire/bus";
import { migrations } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyEncryptionKeysSchema } from "../env/schemas.ts";
import type { RunningService } from "../service/run-service.ts";
import { createVault, type ServiceVault } from "../vault/create-vault.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";
import {
  keyEncryptionKeys,
  organizationId,
  post,
  previousSecret,
  signedHeaders,
  startTestIngress,
} from "./testing/start-test-ingress.ts";

let database: TestDatabase;
let vault: ServiceVault;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  vault = createVault({
    sql: database.sql,
    keyEncryptionKeys: keyEncryptionKeysSchema.parse(keyEncryptionKeys),
  });
  service = await startTestIngress(database.serviceUrl);
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const countOf = async (verdict: string): Promise<number> => {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const line = new RegExp(
    `carewire_ingress_requests_total\\{provider="ledger",verdict="${verdict}".*\\} (\\d+)`,
  );
  return Number(line.exec(metrics)?.[1] ?? 0);
};
const countRequests = async (): Promise<number> => {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int n from inbound_requests`;
  return row?.n ?? 0;
};

test("a 200 names an event that is already stored, byte for byte, and waits to be routed", async () => {
  const body = '{"id":"exact","n":9007199254740993,"s":"\\u0000\\ud800","m":1,  "é":"\u00e9"}';
  const response = await post(service.url, body, { cookie: "secret=1", "x-ledger-version": "7" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const answer = (await response.json()) as { received: boolean; id: string };
  expect(answer).toEqual({ received: true, id: expect.stringMatching(/^evt_[0-9a-z]{26}$/) });
  const eventId = parsePublicId("evt", answer.id) ?? "";
  const [row] = await database.sql`
    select e.type, e.source_service, p.body, q.event_id queued, r.headers, r.verdict, r.external_id
    from events e join event_payloads p on p.id = e.id join route_queue q on q.event_id = e.id
    join inbound_requests r on r.id = e.inbound_request_id where e.id = ${eventId}`;
  expect(row).toMatchObject({
    type: "cari.ledger.entry_booked",
    source_service: "ingress-test",
    verdict: "accepted",
    external_id: "exact",
  });
  expect((await vault.open(organizationId, payloadAad(eventId), row?.body)).toString()).toBe(body);
  expect(Object.keys(JSON.parse(row?.headers)).sort()).toEqual([
    "content-type",
    "user-agent",
    "x-ledger-version",
  ]);
});

test("the trace context of the request is kept on the event", async () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const response = await post(service.url, '{"id":"traced"}', { traceparent });
  const { id } = (await response.json()) as { id: string };
  const rows = await database.sql`select traceparent from events where id = ${parsePublicId("evt", id)}`;
  expect(rows).toEqual([{ traceparent }]);
});

test("50 concurrent copies are all answered 200 with the same id, and are one event", async () => {
  const copies = await Promise.all(Array.from({ length: 50 }, () => post(service.url, '{"id":"fifty"}')));
  const answers = (await Promise.all(copies.map((copy) => copy.json()))) as {
    id: string;
    duplicate?: boolean;
  }[];
  expect(copies.every((copy) => copy.status === 200)).toBe(true);
  expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
  expect(answers.filter((answer) => answer.duplicate === undefined)).toHaveLength(1);
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::int n from events e join inbound_requests r on r.id = e.inbound_request_id where r.external_id = 'fifty'`;
  expect(row?.n).toBe(1);
});

test("the same id with another signed body is answered 200, kept as a conflict, and changes nothing", async () => {
  const first = (await (await post(service.url, '{"id":"clash","v":1}')).json()) as { id: string };
  const response = await post(service.url, '{"id":"clash","v":2}');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ received: true, id: first.id, duplicate: true });
  const rows = await database.sql`
    select id, verdict, body, reason from inbound_requests where external_id = 'clash' order by id`;
  expect(rows.map((row) => row.verdict)).toEqual(["accepted", "conflict"]);
  const kept = await vault.open(organizationId, inboundBodyAad(rows[1]?.id), rows[1]?.body);
  expect(kept.toString()).toBe('{"id":"clash","v":2}');
  expect(rows[1]?.reason.match(/[0-9a-f]{64}/g)).toHaveLength(2);
});

test("a request signed with the previous secret is accepted while both are configured", async () => {
  const body = '{"id":"rotated"}';
  expect((await post(service.url, body, signedHeaders(body, previousSecret))).status).toBe(200);
});

test.each<[string, Record<string, string>]>([
  ["without a signature", { "stripe-signature": "" }],
  ["signed with an unknown secret", signedHeaders('{"id":"forged"}', "whsec_unknown")],
  ["signed over other bytes", signedHeaders('{"id": "forged"}')],
])("a request %s is answered 401 with an empty body, counted, and leaves no row", async (_name, headers) => {
  const before = { requests: await countRequests(), unauthorized: await countOf("unauthorized") };
  const response = await post(service.url, '{"id":"forged"}', headers);
  expect(response.status).toBe(401);
  expect(await response.text()).toBe("");
  expect(await countRequests()).toBe(before.requests);
  expect(await countOf("unauthorized")).toBe(before.unauthorized + 1);
});

test.each([
  ["empty", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["not JSON", '{"id":'],
  ["reaching for the prototype", '{"id":"p","__proto__":{"admin":true}}'],
  ["nested 65 levels deep", `{"id":${"[".repeat(64)}${"]".repeat(64)}}`],
  ["no event", '{"name":"x"}'],
])("a signed body that is %s is answered 400, kept, and dead-lettered once", async (_name, body) => {
  for (let repeat = 0; repeat < 2; repeat++) {
    const response = await post(service.url, body);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "malformed_request" });
  }
  const requests = await database.sql`
    select id, body, reason, repeat_of from inbound_requests where verdict = 'malformed' order by id desc limit 2`;
  for (const request of requests) {
    expect((await vault.open(organizationId, inboundBodyAad(request.id), request.body)).toString()).toBe(
      body,
    );
  }
  const letters = await database.sql`
    select * from dead_letters where inbound_request_id in ${database.sql(requests.map((request) => request.id))}`;
  expect(letters).toHaveLength(1);
  expect(requests.map(({ repeat_of: repeatOf }) => repeatOf)).toEqual([letters[0]?.id, null]);
  expect(letters[0]).toMatchObject({
    cause: "malformed",
    topic: ledgerProvider.fallbackTopic,
    status: "open",
    error: requests[0]?.reason,
  });
  const original = await vault.open(
    organizationId,
    deadLetterAad(letters[0]?.id),
    letters[0]?.original_payload,
  );
  expect(original.toString()).toBe(body);
});

test.each<[string, number, RequestInit]>([
  ["another media type", 415, { headers: { "content-type": "text/plain" } }],
  ["no media type", 415, { headers: { "content-type": "" } }],
  ["another charset", 415, { headers: { "content-type": "application/json; charset=latin1" } }],
  ["a compressed body", 415, { headers: { "content-encoding": "gzip" } }],
  ["a body one byte too large", 413, { body: Buffer.alloc(ledgerProvider.bodyBytesMax + 1, 0x20) }],
  ["a body far too large", 413, { body: Buffer.alloc(5 * 1024 * 1024, 0x20) }],
  ["another method", 405, { method: "DELETE" }],
])("%s is answered %i as a problem, and leaves no row", async (_name, status, init) => {
  const before = await countRequests();
  const body = init.body ?? '{"id":"refused"}';
  const headers = { ...signedHeaders(body as string), ...(init.headers as Record<string, string>) };
  const response = await fetch(`${service.url}${ledgerProvider.path}`, {
    method: "POST",
    ...init,
    headers,
    body,
  });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  await response.body?.cancel();
  expect(await countRequests()).toBe(before);
});

test("a body without a declared length is cut off at the limit, and one within it is accepted", async () => {
  const stream = (bytes: Buffer) =>
    new ReadableStream({
      start(controller) {
        for (let i = 0; i < bytes.length; i += 1_000) controller.enqueue(bytes.subarray(i, i + 1_000));
        controller.close();
      },
    });
  const send = (bytes: Buffer) =>
    fetch(`${service.url}${ledgerProvider.path}`, {
      method: "PUT",
      headers: signedHeaders(bytes),
      body: stream(bytes),
      duplex: "half",
    });
  const fitting = Buffer.from(`{"id":"chunked","pad":"${"x".repeat(3_000)}"}`);
  expect((await send(fitting)).status).toBe(200);
  expect((await send(Buffer.alloc(20_000, 0x20))).status).toBe(413);
});
