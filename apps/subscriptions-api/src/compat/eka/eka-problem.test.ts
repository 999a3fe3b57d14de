import { publicId } from "@carewire/envelope";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const path = "/notification/v1/connect/webhook/subscriptions";
const endpoint = "https://clinic.example.com/hooks";
const register = (body: unknown, key = api.tenant.key) => api.send("POST", path, { key, body });
const error = (code: string) => ({ error: { message: expect.any(String), code } });

describe("whatever goes wrong is told in Eka's form", () => {
  test("401 without a key, 403 without the scope, 404 for another tenant's", async () => {
    const { key } = await api.tenant.createKey({ scopes: ["subscriptions:read"] });
    const theirs = String((await register({ endpoint }, api.stranger.key)).body.id);
    const unauthorized = await register({ endpoint }, "cw_live_nobody");
    expect([unauthorized.status, unauthorized.body]).toEqual([401, error("UNAUTHORIZED")]);
    const forbidden = await register({ endpoint }, key);
    expect([forbidden.status, forbidden.body]).toEqual([403, error("FORBIDDEN")]);
    for (const id of [theirs, publicId("sub", "0199a0e4-0000-7000-8000-000000000000"), "7"]) {
      const missing = await api.send("PATCH", `${path}/${id}`, { body: { scope: ["a.b"] } });
      expect([missing.status, missing.body]).toEqual([404, error("NOT_FOUND")]);
    }
  });

  test.each([
    ["a body that is no JSON", '{"endpoint":'],
    ["a body that is no object", "[]"],
    ["a body far too large", `{"endpoint":"${"x".repeat(300_000)}"}`],
  ])("400 for %s", async (_what, body) => {
    const answer = await register(body);
    expect([answer.status, answer.body]).toEqual([400, error("INVALID_REQUEST")]);
  });

  test("a method that is not there", async () => {
    const answer = await api.send("PUT", path, { body: {} });
    expect([answer.status, answer.body]).toEqual([405, error("METHOD_NOT_ALLOWED")]);
  });

  test("no answer repeats a key", async () => {
    const answer = await register({ endpoint: "https://127.0.0.1/", signing_key: "canary-7f3a" });
    const other = await register({ endpoint: 7, signing_key: { canary: "canary-7f3a" } });
    expect(answer.text + other.text + api.logs()).not.toContain("canary-7f3a");
  });
});
