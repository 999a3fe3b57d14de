import { adminApiContract, buildAdminOpenApiDocument, routesOf } from "@carewire/contracts/openapi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";

let dlq: TestDlq;
const document = buildAdminOpenApiDocument();

beforeAll(async () => {
  dlq = await startTestDlq();
});
afterAll(() => dlq.stop());

test("the running service serves the document of its contract, and pages to read it", async () => {
  const served = await (await fetch(`${dlq.url}/openapi.json`)).json();
  expect(served).toEqual(JSON.parse(JSON.stringify(document)));
  const page = await (await fetch(`${dlq.url}/docs`)).text();
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(loaded.length).toBeGreaterThan(3);
  for (const path of loaded) expect((await fetch(`${dlq.url}${path}`)).status, path).toBe(200);
});

test.each(routesOf(adminApiContract).map(({ keys, route }) => [keys.join("."), route] as const))(
  "%s is there, and answers with nothing but what the document names",
  async (_name, route) => {
    const path = route.path.replace(/:\w+/g, "x");
    const operation =
      document.paths?.[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase() as "get"];
    const body = route.method === "GET" ? undefined : {};
    for (const key of [dlq.operator, await dlq.tenant.createKey({ scopes: ["events:read"] }), null]) {
      const answer = await dlq.send(route.method, path, { key, body });
      expect(Object.keys(operation?.responses ?? {})).toContain(String(answer.status));
      expect([404, 405].includes(answer.status) && !route.path.includes(":")).toBe(false);
    }
  },
);

test("a service whose pages are not built says so at its front door", async () => {
  const answer = await fetch(`${dlq.url}/`);
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("not built")]);
  expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
});

test("an unknown path below the API is a problem, also to a browser", async () => {
  const answer = await fetch(`${dlq.url}/admin/nothing`, { headers: { accept: "text/html" } });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});
