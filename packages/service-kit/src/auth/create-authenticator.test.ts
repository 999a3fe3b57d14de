import { randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { migrations } from "@carewire/db";
import { type Clock, systemClock } from "@carewire/envelope";
import { createFakeClock, createTestDatabase, eventually, type TestDatabase } from "@carewire/testkit";
import express from "express";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { createProblemHandler } from "../problems/create-problem-handler.ts";
import { createApiKey } from "./api-key.ts";
import { createAuthenticator } from "./create-authenticator.ts";
import { principalOf } from "./principal.ts";
import { requireScope } from "./require-scope.ts";

const startMs = Date.parse("2026-11-20T12:00:00Z");
let database: TestDatabase;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase(migrations);
});
afterAll(async () => {
  for (const close of closers) await close();
  await database.drop();
});

async function insertKey(overrides: { scopes?: string[]; expires_at?: Date } = {}) {
  const organizationId = randomUUID();
  const id = randomUUID();
  const { key, prefix, hash } = createApiKey(randomBytes);
  await database.sql`insert into organizations (id, name) values (${organizationId}, 'Test clinic')`;
  await database.sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by, expires_at)
    values (${id}, ${organizationId}, 'nightly import', ${prefix}, ${hash}, ${overrides.scopes ?? ["events:read"]},
            'test', ${overrides.expires_at ?? null})`;
  return { id, organizationId, key };
}

/** A server with one route behind the authenticator, a clock to move, and the statements it sent. */
async function startApi(
  url = database.url,
  clock: Clock & { advance(ms: number): void } = createFakeClock(startMs),
) {
  const metrics = createMetrics({ service: "test" });
  const statements: string[] = [];
  const sql = postgres(url, {
    max: 3,
    debug: (_connection, query) => statements.push(query),
  });
  const logger = createLogger({ service: "test", destination: { write() {} } });
  const app = express();
  app.get(
    "/me",
    createAuthenticator({ sql, clock, logger, metrics }).authenticate,
    requireScope("events:read"),
    (_req, res) => {
      res.json(principalOf(res));
    },
  );
  app.use(createProblemHandler(logger));
  const server = createServer(app).listen(0, "127.0.0.1");
  closers.push(
    () => new Promise((done) => server.close(done)),
    () => sql.end({ timeout: 0 }),
  );
  await new Promise((done) => server.once("listening", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (authorization?: string) =>
    fetch(`${origin}/me`, { headers: authorization === undefined ? {} : { authorization } });
  return { clock, statements, metrics, get };
}

describe("the authenticator", () => {
  it("tells who a key belongs to", async () => {
    const { id, organizationId, key } = await insertKey();
    const { get } = await startApi();
    const response = await get(`Bearer ${key}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      apiKeyId: id,
      organizationId,
      accountId: null,
      scopes: ["events:read"],
      name: "nightly import",
    });
  });

  it("answers missing, foreign, unknown and expired keys alike, without a hint", async () => {
    const expired = await insertKey({ expires_at: new Date(startMs) });
    const { get } = await startApi();
    const attempts = [
      undefined,
      "Basic abc",
      "Bearer nonsense",
      `Bearer ${createApiKey(randomBytes).key}`,
      `Bearer ${expired.key}`,
    ];
    const answers = await Promise.all(
      attempts.map(async (authorization) => {
        const response = await get(authorization);
        return {
          status: response.status,
          header: response.headers.get("www-authenticate"),
          body: await response.json(),
        };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      status: 401,
      header: "Bearer",
      body: { code: "unauthorized", status: 401 },
    });
  });

  it("refuses a key from the moment it expires", async () => {
    const { key } = await insertKey({ expires_at: new Date(startMs + 500) });
    const { get, clock } = await startApi();
    expect((await get(`Bearer ${key}`)).status).toBe(200);
    clock.advance(500);
    expect((await get(`Bearer ${key}`)).status).toBe(401);
  });

  it("refuses a revoked key within one second", async () => {
    const { id, key } = await insertKey();
    const { get, clock } = await startApi();
    expect((await get(`Bearer ${key}`)).status).toBe(200);
    await database.sql`update api_keys set revoked_at = now() where id = ${id}`;
    clock.advance(1_000);
    expect((await get(`Bearer ${key}`)).status).toBe(401);
  });

  it("refuses a key everywhere within a second of its revocation, however busy each process is with it", async () => {
    const { id, key } = await insertKey();
    const real = { ...systemClock, advance() {} };
    const apis = [await startApi(database.url, real), await startApi(database.url, real)];
    const accepted = apis.map(() => 0);
    const hammering = apis.map(async ({ get }, i) => {
      for (;;) {
        const startedAt = Date.now();
        const { status } = await get(`Bearer ${key}`);
        if (status === 401) return;
        if (status === 200) accepted[i] = startedAt;
      }
    });
    await eventually(() => accepted.every((at) => at > 0));
    await database.sql`update api_keys set revoked_at = now() where id = ${id}`;
    const revokedAt = Date.now();
    await Promise.all(hammering);
    for (const at of accepted) expect(at - revokedAt).toBeLessThan(1_000);
  });

  it("counts refusals by reason", async () => {
    const expired = await insertKey({ expires_at: new Date(startMs) });
    const { get, metrics } = await startApi();
    const headers = [
      undefined,
      "Basic abc",
      `Bearer ${createApiKey(randomBytes).key}`,
      `Bearer ${expired.key}`,
    ];
    for (const header of headers) await get(header);
    const text = await metrics.registry.metrics();
    for (const reason of ["missing", "malformed", "unknown", "expired"]) {
      expect(text).toContain(`carewire_auth_failures_total{reason="${reason}",service="test"} 1`);
    }
  });

  it("asks the database once for a burst of requests with one key", async () => {
    const { key } = await insertKey();
    const { get, statements } = await startApi();
    await Promise.all(Array.from({ length: 30 }, () => get(`Bearer ${key}`)));
    await get(`Bearer ${key}`);
    expect(statements.filter((query) => query.includes("from api_keys"))).toHaveLength(1);
  });

  it("notes the last use once a minute", async () => {
    const { id, key } = await insertKey();
    const { get, clock, statements } = await startApi();
    const notes = () => statements.filter((query) => query.includes("last_used_at = now()")).length;
    await get(`Bearer ${key}`);
    await get(`Bearer ${key}`);
    await eventually(async () => {
      const [row] = await database.sql`select last_used_at from api_keys where id = ${id}`;
      return row?.last_used_at;
    });
    expect(notes()).toBe(1);
    clock.advance(60_000);
    await get(`Bearer ${key}`);
    await eventually(() => notes() === 2);
  });

  it("answers 403 when the key lacks the scope", async () => {
    const { key } = await insertKey({ scopes: ["events:write"] });
    const { get } = await startApi();
    const response = await get(`Bearer ${key}`);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "insufficient_scope" });
  });

  it("answers 503 with Retry-After while the database is down", async () => {
    const { get } = await startApi("postgres://postgres@127.0.0.1:9/none");
    const response = await get(`Bearer ${createApiKey(randomBytes).key}`);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
  });
});
