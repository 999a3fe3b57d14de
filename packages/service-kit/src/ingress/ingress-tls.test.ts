import { once } from "node:events";
import { connect } from "node:net";
import { migrations } from "@carewire/db";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningService } from "../service/run-service.ts";
import { ledgerProvider } from "./testing/ledger-provider.ts";
import { organizationId, post, startTestIngress } from "./testing/start-test-ingress.ts";

let database: TestDatabase;
let services: RunningService[];

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'test')`;
  services = await Promise.all([
    startTestIngress(database.serviceUrl, { CAREWIRE_ENV: "production" }),
    startTestIngress(database.serviceUrl, { CAREWIRE_ENV: "production", TRUSTED_PROXIES: ["127.0.0.1"] }),
  ]);
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await database.drop();
});

test("in production plain HTTP is refused with 426, whatever the caller claims", async () => {
  const response = await post(services[0]?.url ?? "", '{"id":"plain"}', { "x-forwarded-proto": "https" });
  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toContain("TLS");
  expect(await response.json()).toMatchObject({ code: "tls_required" });
});

test("a trusted proxy's https passes, its http does not", async () => {
  const url = services[1]?.url ?? "";
  expect((await post(url, '{"id":"proxied"}', { "x-forwarded-proto": "https" })).status).toBe(200);
  expect((await post(url, '{"id":"proxied"}', { "x-forwarded-proto": "http" })).status).toBe(426);
});

test("the refusal comes before any of the body is sent", async () => {
  const { hostname, port } = new URL(services[0]?.url ?? "");
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${ledgerProvider.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n`,
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 426 /);
  socket.destroy();
});
