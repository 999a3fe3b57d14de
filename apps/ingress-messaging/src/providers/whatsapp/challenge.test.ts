import { migrations } from "@carewire/db";
import type { RunningService } from "@carewire/service-kit";
import { createFakeClock, createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { organizationId, startTestMessaging } from "../../testing/start-test-messaging.ts";

const clock = createFakeClock(1_767_225_600_000);
const token = "a-verify-token";
const asked = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token };
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  service = await startTestMessaging({
    databaseUrl: database.serviceUrl,
    secrets: ["meta_app_secret_test"],
    verifyTokens: ["the-next-token", token],
    clock,
  });
});
beforeEach(() => clock.advance(60_000));
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const ask = (query: ConstructorParameters<typeof URLSearchParams>[0], method = "GET") =>
  fetch(`${service.url}/webhook?${new URLSearchParams(query)}`, { method });

test("Meta's question is answered with its challenge as plain text, and nothing else", async () => {
  const response = await ask(asked);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await response.text()).toBe("1158201444");
});

test.each<[string, Record<string, string> | string[][]]>([
  ["a wrong token", { ...asked, "hub.verify_token": "wrong" }],
  ["no token", { "hub.mode": "subscribe", "hub.challenge": "1" }],
  ["another mode", { ...asked, "hub.mode": "unsubscribe" }],
  ["no challenge", { "hub.mode": "subscribe", "hub.verify_token": token }],
  ["an HTML challenge", { ...asked, "hub.challenge": "<script>alert(1)</script>" }],
  ["two challenges", [...Object.entries(asked), ["hub.challenge", "2"]]],
  ["nested parameters", { "hub[mode]": "subscribe", "hub[challenge]": "1", "hub[verify_token]": token }],
  ["no parameters", {}],
])("%s is answered 403 with an empty body", async (_name, query) => {
  const response = await ask(query as Record<string, string>);
  expect([response.status, await response.text()]).toEqual([403, ""]);
});

test("the token proves nothing on POST", async () => {
  const response = await ask(asked, "POST");
  expect(response.status).toBe(415);
  await response.body?.cancel();
});

test("whoever guesses is slowed down, and Meta's question passes again a moment later", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 40; i++)
    statuses.push((await ask({ ...asked, "hub.verify_token": `guess-${i}` })).status);
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  const limited = await ask(asked);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "1"]);
  clock.advance(1_000);
  expect((await ask(asked)).status).toBe(200);
});

test("other methods are answered 405, naming what there is", async () => {
  const response = await ask(asked, "DELETE");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
});

test("every question is counted, without what was asked", async () => {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/carewire_ingress_challenges_total\{provider="whatsapp",verdict="accepted".*\} \d/);
  expect(metrics).not.toContain(token);
});
