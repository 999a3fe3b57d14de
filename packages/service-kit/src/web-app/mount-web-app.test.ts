import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startTestService } from "../service/testing/start-test-service.ts";
import { mountWebApp, type WebAppOptions } from "./mount-web-app.ts";

const folder = mkdtempSync(join(tmpdir(), "carewire-web-app-"));
afterAll(() => rmSync(folder, { recursive: true }));

function writeBuild(name: string, html: string): string {
  const distDir = join(folder, name);
  mkdirSync(join(distDir, "assets"), { recursive: true });
  writeFileSync(join(distDir, "index.html"), html);
  writeFileSync(
    join(distDir, "assets", "index-4f2a.js"),
    `export const text = "${"carewire ".repeat(1_000)}";`,
  );
  writeFileSync(join(distDir, "favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(join(folder, "secret.txt"), "outside");
  return distDir;
}

const built = writeBuild("app", "<!doctype html><html><head><title>App</title></head><body></body></html>");
const page = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

async function start(options: Partial<WebAppOptions> = {}) {
  const { url } = await startTestService({
    routes: (app) => {
      app.get("/admin/things", (_req, res) => void res.json([]));
      mountWebApp(app, { distDir: built, apiPrefixes: ["/admin"], ...options });
    },
  });
  return (path: string, init: RequestInit = page) => fetch(`${url}${path}`, init);
}

describe("a web app", () => {
  it("is at every path a browser opens, never kept, with a nonce of its own each time", async () => {
    const get = await start();
    const nonces = new Set<string>();
    for (const path of ["/", "/dead-letters", "/dead-letters/dlq_1?cause=schema"]) {
      const response = await get(path);
      const html = await response.text();
      const nonce = /<meta property="csp-nonce" nonce="([\w-]{22})">/.exec(html)?.[1] ?? "";
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(response.headers.get("content-security-policy")).toContain(`style-src 'self' 'nonce-${nonce}';`);
      expect(html).toContain("<title>App</title>");
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it("lets nothing inline run, and nobody frame it or learn where its readers came from", async () => {
    const { headers } = await (await start())("/");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
    });
  });

  it("is framed by the origins that are named for the page, and by no other", async () => {
    const get = await start({
      frameAncestorsOf: (req) => (req.path === "/framed" ? ["https://app.example.com"] : []),
    });
    const { headers } = await get("/framed");
    expect(headers.get("content-security-policy")).toMatch(/frame-ancestors https:\/\/app\.example\.com$/);
    expect(headers.get("x-frame-options")).toBeNull();
    expect((await get("/other")).headers.get("content-security-policy")).toMatch(/frame-ancestors 'none'$/);
  });

  it("has assets that are compressed and kept for a year, and other files that are asked for anew", async () => {
    const get = await start();
    const asset = await get("/assets/index-4f2a.js", { headers: { "accept-encoding": "br" } });
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.headers.get("content-encoding")).toBe("br");
    expect(asset.headers.get("content-type")).toContain("text/javascript");
    expect(await asset.text()).toContain("carewire carewire");
    const icon = await get("/favicon.svg", {});
    expect(icon.headers.get("cache-control")).toBe("no-cache");
    // fetch itself would ask past every cache.
    const conditions = { "if-none-match": icon.headers.get("etag") ?? "", "cache-control": "max-age=0" };
    const again = await get("/favicon.svg", { headers: conditions });
    expect(again.status).toBe(304);
  });

  it.each([
    ["/assets/gone-0000.js", page],
    ["/admin/nothing", page],
    ["/index.html", { headers: { accept: "*/*" } }],
    ["/dead-letters", { headers: { accept: "application/json" } }],
    ["/..%2fsecret.txt", { headers: { accept: "*/*" } }],
    ["/assets/..%2f..%2fsecret.txt", { headers: { accept: "*/*" } }],
    ["/dead-letters", { ...page, method: "POST" }],
  ])("does not answer %s in the place of what is not there", async (path, init) => {
    const response = await (await start())(path, init);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
  });

  it("leaves the service's own routes alone", async () => {
    expect(await (await (await start())("/admin/things")).json()).toEqual([]);
  });

  it("that was not built says so, and the rest works", async () => {
    const get = await start({ distDir: join(folder, "nowhere") });
    const response = await get("/");
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("not built")]);
    expect((await get("/admin/things")).status).toBe(200);
  });

  it("without a head is refused at the start", async () => {
    const distDir = writeBuild("headless", "<p>nothing</p>");
    expect(() => mountWebApp({} as never, { distDir })).toThrow("has no <head>");
  });
});
