import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startThingsApi } from "./testing/things-api.ts";

let api: Awaited<ReturnType<typeof startThingsApi>>;

beforeAll(async () => {
  api = await startThingsApi();
});
afterAll(() => api.stop());

describe("a request that does not fit the contract", () => {
  it("is 422 unknown_field with the path of each unknown field", async () => {
    const answer = await api.post('{"name":"a","tenant_id":1,"tags":[{"label":"x","colour":"y"}]}');
    expect(answer).toMatchObject({ status: 422, body: { code: "unknown_field" } });
    expect(answer.body.errors?.map((error) => error.path).sort()).toEqual(["tags.0.colour", "tenant_id"]);
  });

  it("is 422 validation_failed with the paths of all that is wrong, never a value", async () => {
    const answer = await api.post('{"name":4711,"size":"CANARY"}', { "idempotency-key": "far too long" });
    expect(answer).toMatchObject({ status: 422, body: { code: "validation_failed" } });
    expect(answer.body.errors?.map((error) => error.path)).toEqual([
      "name",
      "size",
      "headers.idempotency-key",
    ]);
    expect(JSON.stringify(answer.body)).not.toMatch(/CANARY|4711/);
  });

  it("is 422 when the body is missing", async () => {
    const response = await fetch(`${api.url}/things`, { method: "POST" });
    expect(response.status).toBe(422);
  });

  it("is 422 for path and query alike", async () => {
    const response = await fetch(`${api.url}/things/much-too-long?limit=1000&page=2`);
    const { errors } = (await response.json()) as { errors: { path: string; code: string }[] };
    expect(response.status).toBe(422);
    expect(errors.map((error) => error.path).sort()).toEqual(["path.id", "query.limit", "query.page"]);
  });

  it("lists 50 problems at most", async () => {
    const fields = Array.from({ length: 80 }, (_value, i) => `"f${i}":1`).join();
    expect((await api.post(`{"name":"a",${fields}}`)).body.errors).toHaveLength(50);
  });
});

describe("an answer", () => {
  it("carries the parsed query, with defaults", async () => {
    expect(await (await fetch(`${api.url}/things/a`)).json()).toEqual({ id: "a", limit: 20 });
  });

  it("of a handler may be a problem", async () => {
    const response = await fetch(`${api.url}/things/none`);
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
    const response = await fetch(`${api.url}/things/leaky`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("CANARY");
  });

  it("is 403 without the scope the contract names", async () => {
    const response = await fetch(`${api.url}/things/a`, { method: "DELETE" });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "insufficient_scope" });
  });

  it("is 405 for a method the path does not have", async () => {
    const response = await fetch(`${api.url}/things/a`, { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD"]);
  });
});
