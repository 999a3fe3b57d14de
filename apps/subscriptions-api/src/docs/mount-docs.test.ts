import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

test("the running service serves the document that is checked in", async () => {
  const file = new URL("../../../../packages/contracts/openapi.json", import.meta.url);
  const served = await (await fetch(`${api.url}/openapi.json`)).json();
  expect(served).toEqual(JSON.parse(readFileSync(file, "utf8")));
});

describe("the docs page", () => {
  test("loads nothing but files of this service, and every one of them is there", async () => {
    const page = await (await fetch(`${api.url}/docs`)).text();
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(loaded.length).toBeGreaterThan(3);
    for (const path of loaded) {
      expect(path).toMatch(/^\/[^/]/);
      const answer = await fetch(`${api.url}${path}`);
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
    expect(page).not.toMatch(/<script>|<style>|style="|\son\w+="/);
  });

  test.each(["/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js"])(
    "%s forbids inline code, framing and foreign sources",
    async (path) => {
      const policy = (await fetch(`${api.url}${path}`)).headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
    },
  );

  test.each(["/docs/package.json", "/docs/index.html", "/docs/..%2fpackage.json"])(
    "%s is not served",
    async (path) => {
      expect((await fetch(`${api.url}${path}`)).status).toBe(404);
    },
  );
});
