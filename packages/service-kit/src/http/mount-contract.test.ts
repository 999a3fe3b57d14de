import { gzipSync } from "node:zlib";
import { initContract } from "@ts-rest/core";
import { initServer } from "@ts-rest/express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { setPrincipal } from "../auth/principal.ts";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { problemResult } from "../problems/problem-result.ts";
import { type RunningService, runService } from "../service/run-service.ts";
import { rawBodyOf } from "./json-body.ts";
import { mountContract } from "./mount-contract.ts";

const anyBody = z.looseObject({});
const contract = initContract().router({
  create: {
    method: "POST",
    path: "/things",
    metadata: { scope: "things:write" },
    headers: z.object({ "idempotency-key": z.string().max(8).optional() }),
    body: z.strictObject({
      name: z.string(),
      size: z.number().optional(),
      tags: z.array(z.strictObject({ label: z.string() })).optional(),
    }),
    responses: { 201: anyBody },
  },
  read: {
    method: "GET",
    path: "/things/:id",
    pathParams: z.object({ id: z.string().max(8) }),
    query: z.strictObject({ limit: z.coerce.number().int().max(100).default(20) }),
    responses: { 200: z.strictObject({ id: z.string(), limit: z.number() }), 404: anyBody },
  },
  forbidden: {
    method: "DELETE",
    path: "/things/:id",
    metadata: { scope: "things:admin" },
    responses: { 204: z.undefined() },
  },
});

let service: RunningService;
let calls = 0;

beforeAll(async () => {
  const logger = createLogger({ service: "test", destination: { write() {} } });
  const router = initServer().router(contract, {
    create: async ({ body, res }) => {
      calls += 1;
      return { status: 201, body: { name: body.name, raw: rawBodyOf(res).toString() } };
    },
    read: async ({ params, query, res }) => {
      if (params.id === "none") return problemResult(res, "not_found", { detail: "There is no such thing." });
      const body = {
        id: params.id,
        limit: query.limit,
        ...(params.id === "leaky" ? { secret: "CANARY" } : {}),
      };
      return { status: 200, body };
    },
    forbidden: async () => ({ status: 204, body: undefined }),
  });
  service = await runService({
    name: "test",
    port: 0,
    host: "127.0.0.1",
    logger,
    metrics: createMetrics({ service: "test" }),
    readiness: {},
    routes: (app) =>
      mountContract({
        app,
        contract,
        router,
        bodyBytesMax: 1_000,
        authenticate: (_req, res, next) => {
          setPrincipal(res, {
            apiKeyId: "k",
            organizationId: "o",
            accountId: null,
            scopes: ["things:write"],
            name: "n",
          });
          next();
        },
      }),
  });
});
afterAll(() => service.stop());

interface AnswerBody {
  code?: string;
  errors?: { path: string }[];
}

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}/things`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return {
    status: response.status,
    body: (await response.json()) as AnswerBody,
    type: response.headers.get("content-type"),
  };
}

const nested = (depth: number): string =>
  `{"name":"a","tags":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("a request body", () => {
  it("is taken when it fits the contract, and its exact bytes are kept", async () => {
    const sent = '{ "name": "a",  "size": 1e0 }';
    expect(await post(sent)).toMatchObject({ status: 201, body: { name: "a", raw: sent } });
    expect(await post(sent, { "content-type": "application/json; charset=UTF-8" })).toMatchObject({
      status: 201,
    });
  });

  it.each(["\\u0000", "\\ud800", "😀"])(
    "is taken with %j inside a text, exactly as it came",
    async (text) => {
      const sent = `{"name":"a${text}"}`;
      expect(await post(sent)).toMatchObject({ status: 201, body: { raw: sent } });
    },
  );

  it("keeps in its raw bytes what parsing loses: digits past 2^53, repeated keys", async () => {
    const sent = '{"name":"b","name":"a","size":9007199254740993}';
    expect(await post(sent)).toMatchObject({ status: 201, body: { name: "a", raw: sent } });
  });

  it("is taken compressed, while the decompressed size counts", async () => {
    const gzip = { "content-encoding": "gzip" };
    expect(await post(gzipSync('{"name":"a"}'), gzip)).toMatchObject({ status: 201 });
    expect(await post(gzipSync(`{"name":"${"a".repeat(1_000_000)}"}`), gzip)).toMatchObject({ status: 413 });
    expect(await post("not gzip", gzip)).toMatchObject({ status: 400, body: { code: "malformed_json" } });
    expect(await post("x", { "content-encoding": "zstd" })).toMatchObject({ status: 415 });
  });

  it("is 415 when it is not JSON in UTF-8", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
    ]) {
      const answer = await post('{"name":"a"}', { "content-type": type });
      expect(answer).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
    }
  });

  it("is 413 one byte over the limit, with or without a declared length", async () => {
    const exact = `{"name":"${"a".repeat(989)}"}`;
    expect(exact).toHaveLength(1_000);
    expect(await post(exact)).toMatchObject({ status: 201 });
    expect(await post(`${exact} `)).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    const chunked = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode("a".repeat(100)));
        controller.close();
      },
    });
    const response = await fetch(`${service.url}/things`, {
      method: "POST",
      body: chunked,
      duplex: "half",
      headers: { "content-type": "application/json" },
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it.each([
    ["malformed JSON", '{"name":'],
    ["no object", '["a"]'],
    ["__proto__ keys", '{"name":"a","__proto__":{"admin":true}}'],
    ["escaped __proto__ keys", '{"name":"a","\\u005f_proto__":{"admin":true}}'],
    ["constructor.prototype keys", '{"name":"a","constructor":{"prototype":{"admin":true}}}'],
    ["nesting beyond 64", nested(65)],
    ["a byte order mark", '\ufeff{"name":"a"}'],
  ])("is 400 with %s", async (_name, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      type: "application/problem+json",
      body: { code: "malformed_json" },
    });
  });

  it("is 400 when it is not valid UTF-8", async () => {
    expect(await post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({
      status: 400,
    });
  });

  it("may nest 64 levels", async () => {
    expect((await post(nested(64))).body.code).not.toBe("malformed_json");
  });

  it("reaches no handler when it was refused", async () => {
    const before = calls;
    await post('{"name":');
    await post('{"nome":"a"}');
    expect(calls).toBe(before);
  });
});

describe("a request that does not fit the contract", () => {
  it("is 422 unknown_field with the path of each unknown field", async () => {
    const answer = await post('{"name":"a","tenant_id":1,"tags":[{"label":"x","colour":"y"}]}');
    expect(answer).toMatchObject({ status: 422, body: { code: "unknown_field" } });
    expect(answer.body.errors?.map((error) => error.path).sort()).toEqual(["tags.0.colour", "tenant_id"]);
  });

  it("is 422 validation_failed with the paths of all that is wrong, never a value", async () => {
    const answer = await post('{"name":4711,"size":"CANARY"}', { "idempotency-key": "far too long" });
    expect(answer).toMatchObject({ status: 422, body: { code: "validation_failed" } });
    expect(answer.body.errors?.map((error) => error.path)).toEqual([
      "name",
      "size",
      "headers.idempotency-key",
    ]);
    expect(JSON.stringify(answer.body)).not.toMatch(/CANARY|4711/);
  });

  it("is 422 when the body is missing", async () => {
    const response = await fetch(`${service.url}/things`, { method: "POST" });
    expect(response.status).toBe(422);
  });

  it("is 422 for path and query alike", async () => {
    const response = await fetch(`${service.url}/things/much-too-long?limit=1000&page=2`);
    const { errors } = (await response.json()) as { errors: { path: string; code: string }[] };
    expect(response.status).toBe(422);
    expect(errors.map((error) => error.path).sort()).toEqual(["path.id", "query.limit", "query.page"]);
  });

  it("lists 50 problems at most", async () => {
    const fields = Array.from({ length: 80 }, (_value, i) => `"f${i}":1`).join();
    expect((await post(`{"name":"a",${fields}}`)).body.errors).toHaveLength(50);
  });
});

describe("an answer", () => {
  it("carries the parsed query, with defaults", async () => {
    expect(await (await fetch(`${service.url}/things/a`)).json()).toEqual({ id: "a", limit: 20 });
  });

  it("of a handler may be a problem", async () => {
    const response = await fetch(`${service.url}/things/none`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json; charset=utf-8",
    ]);
    expect(await response.json()).toMatchObject({
      code: "not_found",
      request_id: response.headers.get("x-request-id"),
    });
  });

  it("that breaks the contract is a 500, not a leak", async () => {
    const response = await fetch(`${service.url}/things/leaky`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("CANARY");
  });

  it("is 403 without the scope the contract names", async () => {
    const response = await fetch(`${service.url}/things/a`, { method: "DELETE" });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "insufficient_scope" });
  });

  it("is 405 for a method the path does not have", async () => {
    const response = await fetch(`${service.url}/things/a`, { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD"]);
  });
});
