import { once } from "node:events";
import { connect } from "node:net";
import { migrations } from "@carewire/db";
import { createFakeClock, createTestDatabase, type FakeClock, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningService } from "../service/run-service.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";
import { organizationId, post, signedHeaders, startTestIngress } from "./testing/start-test-ingress.ts";

const subject = "CN=ledger.example,O=Ledger";
let database: TestDatabase;
let clock: FakeClock;
let addresses: RunningService;
let certificates: RunningService;
let rated: RunningService;
let sequence = 0;

const nextBody = () => `{"id":"rules-${++sequence}"}`;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  const behindProxy = { TRUSTED_PROXIES: ["127.0.0.1"] };
  clock = createFakeClock(Date.now());
  [addresses, certificates, rated] = await Promise.all([
    startTestIngress(database.serviceUrl, {
      ...behindProxy,
      SOURCE_RULES: { ledger: { allowed_addresses: ["203.0.113.0/24", "2001:db8::/32"] } },
    }),
    startTestIngress(database.serviceUrl, {
      ...behindProxy,
      CLIENT_CERTIFICATE_HEADER: "x-ssl-subject",
      SOURCE_RULES: { ledger: { client_certificate_subjects: [subject] } },
    }),
    startTestIngress(
      database.serviceUrl,
      { SOURCE_RULES: { ledger: { rate_per_second: 0.5, burst: 2 } } },
      clock,
    ),
  ]);
});
afterAll(async () => {
  await Promise.all([addresses, certificates, rated].map((service) => service.stop()));
  await database.drop();
});

test.each([
  ["203.0.113.9", 200],
  ["2001:db8::9", 200],
  ["198.51.100.9", 403],
  ["203.0.113.9, 198.51.100.9", 403],
])("of a source with allowed addresses, a sender at %s is answered %i", async (forwardedFor, status) => {
  const response = await post(addresses.url, nextBody(), { "x-forwarded-for": forwardedFor });
  expect(response.status).toBe(status);
  const answer = await response.json();
  expect(answer).toMatchObject(status === 200 ? { received: true } : { code: "sender_not_allowed" });
});

test("a sender that is not allowed is told so before its body is sent", async () => {
  const { hostname, port } = new URL(addresses.url);
  const socket = connect(Number(port), hostname);
  const head = ["content-type: application/json", "content-length: 100", "x-forwarded-for: 198.51.100.9"];
  socket.write(`POST ${ledgerProvider.path} HTTP/1.1\r\nhost: x\r\n${head.join("\r\n")}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 403 /);
  socket.destroy();
});

test.each<[string, Record<string, string>, number]>([
  ["the subject", { "x-ssl-subject": subject }, 200],
  ["another subject", { "x-ssl-subject": "CN=other" }, 403],
  ["a subject that begins alike", { "x-ssl-subject": `${subject},CN=x` }, 403],
  ["the subject twice", { "x-ssl-subject": `${subject}, ${subject}` }, 403],
  ["no subject", {}, 403],
  ["the subject in a header nobody named", { "x-client-certificate-subject": subject }, 403],
])(
  "of a source with a client certificate, a sender with %s is answered %3$i",
  async (_n, headers, status) => {
    expect((await post(certificates.url, nextBody(), headers)).status).toBe(status);
  },
);

test("a subject that no trusted proxy vouches for counts for nothing", async () => {
  const direct = await startTestIngress(database.serviceUrl, {
    SOURCE_RULES: { ledger: { client_certificate_subjects: [subject] } },
  });
  const response = await post(direct.url, nextBody(), { "x-client-certificate-subject": subject });
  expect(response.status).toBe(403);
  await direct.stop();
});

test("a source that sends too much is answered 429 with Retry-After, keeps what it sent, and may go on later", async () => {
  const send = () => {
    const body = nextBody();
    return post(rated.url, body, signedHeaders(body, undefined, clock.now()));
  };
  expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
  const refused = await send();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
  expect(await refused.json()).toMatchObject({ code: "too_many_requests" });
  clock.advance(2_000);
  expect((await send()).status).toBe(200);
});

test("what is not signed by the source does not use up its rate", async () => {
  clock.advance(60_000);
  for (let i = 0; i < 5; i++) {
    expect((await post(rated.url, nextBody(), { "stripe-signature": "" })).status).toBe(401);
  }
  const body = nextBody();
  expect((await post(rated.url, body, signedHeaders(body, undefined, clock.now()))).status).toBe(200);
});

test("rules for a source that the app does not have stop it from starting", async () => {
  await expect(
    startTestIngress(database.serviceUrl, { SOURCE_RULES: { ledgre: { rate_per_second: 1 } } }),
  ).rejects.toThrow('SOURCE_RULES names the source "ledgre"; this app has: ledger');
});
