import { connect } from "node:net";
import { findFreePort } from "@carewire/testkit";
import type { Express } from "express";
import { describe, expect, it } from "vitest";
import { startTestService } from "./testing/start-test-service.ts";

describe("health", () => {
  it("is alive and ready, without telling what serves it", async () => {
    const { url } = await startTestService({ readiness: { database: async () => {} } });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(ready.headers.get("x-powered-by")).toBeNull();
    expect(ready.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("names the checks that fail, and stays alive", async () => {
    const down = () => Promise.reject(new Error("no connection"));
    const { url } = await startTestService({
      readiness: { database: down, redis: async () => {}, migrations: down },
    });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: "service_unavailable",
      errors: [{ path: "database" }, { path: "migrations" }],
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it("is alive but not ready while its work is starting", async () => {
    const port = await findFreePort();
    const statuses: number[] = [];
    const probe = async () => {
      for (const path of ["livez", "readyz"])
        statuses.push((await fetch(`http://127.0.0.1:${port}/${path}`)).status);
    };
    await startTestService({ port, start: probe });
    await probe();
    expect(statuses).toEqual([200, 503, 200, 200]);
  });

  it("counts answers by route pattern, never by path", async () => {
    const { url } = await startTestService({
      routes: (app) => app.get("/things/:id", (_req, res) => res.end()),
    });
    await fetch(`${url}/things/patient-4711`);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('route="/things/:id",status="200"');
    expect(metrics).not.toContain("4711");
  });
});

describe("answers for requests that are wrong", () => {
  const routes = (app: Express) => {
    app.get("/things", (_req, res) => res.end());
    app.post("/things", (_req, res) => res.end());
    app.get("/broken", () => {
      throw new Error("CANARY internal detail");
    });
  };

  async function raw(url: string, request: string): Promise<string> {
    const { port } = new URL(url);
    return new Promise((resolve, reject) => {
      let answer = "";
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(request));
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
    });
  }

  it("are problems with the request's id: 404, 405 with Allow, 500 without details", async () => {
    const { url, lines } = await startTestService({ routes });
    const missing = await fetch(`${url}/nothing`);
    expect(missing.headers.get("content-type")).toBe("application/problem+json");
    expect(await missing.json()).toEqual({
      type: "https://carewire.dev/problems/not_found",
      title: "Not found",
      status: 404,
      detail: "There is nothing at this path.",
      code: "not_found",
      request_id: missing.headers.get("x-request-id"),
    });
    const wrongMethod = await fetch(`${url}/things`, { method: "DELETE" });
    expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    const broken = await fetch(`${url}/broken`);
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("CANARY");
    expect(lines.join()).toContain(broken.headers.get("x-request-id"));
  });

  it("are 405 for TRACE", async () => {
    const { url } = await startTestService({ routes });
    expect(await raw(url, "TRACE /things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1.1 405 /,
    );
  });

  it.each([
    ["431 for headers over 16 KiB", `GET / HTTP/1.1\r\nhost: x\r\nbig: ${"a".repeat(17_000)}\r\n\r\n`, 431],
    [
      "400 for both lengths at once",
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["400 for bare line feeds", "GET / HTTP/1.1\nhost: x\n\n", 400],
    ["400 for what is not HTTP", "hello\r\n\r\n", 400],
    [
      "400 for a path that cannot be decoded",
      "GET /things/%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      400,
    ],
  ])("are %s", async (_name, request, status) => {
    const { url } = await startTestService({
      routes: (app) => app.get("/things/:id", (_req, res) => res.end()),
    });
    const answer = await raw(url, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("application/problem+json");
  });
});
