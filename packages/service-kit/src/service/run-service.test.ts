import { EventEmitter } from "node:events";
import { connect } from "node:net";
import { eventually, findFreePort } from "@carewire/testkit";
import type { Express } from "express";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../logging/create-logger.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { type RunningService, runService, type ServiceOptions } from "./run-service.ts";

const running: RunningService[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop().catch(() => {})));
});

function createHost() {
  const exits: number[] = [];
  const written: string[] = [];
  const events = new EventEmitter();
  return Object.assign(events, {
    exits,
    written,
    exit: (code: number) => {
      exits.push(code);
    },
    stderr: { write: (text: string) => written.push(text) },
  });
}

async function start(overrides: Partial<ServiceOptions> = {}) {
  const host = createHost();
  const lines: string[] = [];
  const service = await runService({
    name: "test-service",
    port: 0,
    host: "127.0.0.1",
    logger: createLogger({ service: "test-service", destination: { write: (line) => lines.push(line) } }),
    metrics: createMetrics({ service: "test-service" }),
    readiness: {},
    process: host,
    ...overrides,
  });
  running.push(service);
  return { ...service, processHost: host, lines };
}

/** A route that answers when told to, and a promise for its first request having arrived. */
function createSlowRoute() {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const routes = (app: Express) => {
    app.get("/slow", async (_req, res) => {
      arrived.resolve();
      await answer.promise;
      res.json({ done: true });
    });
  };
  return { routes, arrived: arrived.promise, answer: () => answer.resolve() };
}

describe("health", () => {
  it("is alive and ready, without telling what serves it", async () => {
    const { url } = await start({ readiness: { database: async () => {} } });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(ready.headers.get("x-powered-by")).toBeNull();
    expect(ready.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("names the checks that fail, and stays alive", async () => {
    const down = () => Promise.reject(new Error("no connection"));
    const { url } = await start({ readiness: { database: down, redis: async () => {}, migrations: down } });
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
    await start({ port, start: probe });
    await probe();
    expect(statuses).toEqual([200, 503, 200, 200]);
  });

  it("counts answers by route pattern, never by path", async () => {
    const { url } = await start({ routes: (app) => app.get("/things/:id", (_req, res) => res.end()) });
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
    const { url, lines } = await start({ routes });
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
    const { url } = await start({ routes });
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
    const { url } = await start({ routes: (app) => app.get("/things/:id", (_req, res) => res.end()) });
    const answer = await raw(url, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("application/problem+json");
  });
});

describe("stopping", () => {
  it("answers what is in flight, drains, closes, and exits with 0 on SIGTERM", async () => {
    const order: string[] = [];
    const slow = createSlowRoute();
    const { url, processHost } = await start({
      routes: slow.routes,
      drain: () => void order.push("drain"),
      close: () => void order.push("close"),
    });
    const response = fetch(`${url}/slow`);
    await slow.arrived;
    processHost.emit("SIGTERM", "SIGTERM");
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    expect(order).toEqual(["drain"]);
    slow.answer();
    expect(await (await response).json()).toEqual({ done: true });
    await eventually(() => processHost.exits.length > 0);
    expect([processHost.exits, order]).toEqual([[0], ["drain", "close"]]);
  });

  it("is not ready from the first moment of stopping, for whoever still holds a connection", async () => {
    const slow = createSlowRoute();
    const { url, stop } = await start({ routes: slow.routes });
    const port = Number(new URL(url).port);
    const answers: string[] = [];
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => answers.push(String(chunk)));
    socket.write("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    await slow.arrived;
    const stopped = stop();
    socket.write("GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n");
    slow.answer();
    await stopped;
    await eventually(() => answers.join("").includes("503"));
    expect(answers.join("")).toMatch(/connection: close/i);
  });

  it("exits with 1 when the drain takes longer than it may", async () => {
    const { processHost, lines } = await start({
      drain: () => new Promise(() => {}),
      shutdownTimeoutMs: 100,
    });
    processHost.emit("SIGTERM", "SIGTERM");
    await eventually(() => processHost.exits.length > 0);
    expect(processHost.exits).toEqual([1]);
    expect(lines.join()).toContain("not stopped within 100 ms");
  });

  it("exits with 1 at once on a second signal", async () => {
    const { processHost } = await start({ drain: () => new Promise(() => {}), shutdownTimeoutMs: 500 });
    processHost.emit("SIGINT", "SIGINT");
    expect(processHost.exits).toEqual([]);
    processHost.emit("SIGINT", "SIGINT");
    expect(processHost.exits).toEqual([1]);
  });

  it("runs drain and close once however often stop is called", async () => {
    const drain = vi.fn();
    const { stop } = await start({ drain });
    await Promise.all([stop(), stop()]);
    await stop();
    expect(drain).toHaveBeenCalledTimes(1);
  });

  it("leaves the process's listeners as they were", async () => {
    const { stop, processHost } = await start();
    await stop();
    expect(processHost.eventNames()).toEqual([]);
  });
});

describe("failing", () => {
  it("refuses to start in one sentence when the port is taken", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const host = createHost();
    await expect(start({ port, process: host })).rejects.toThrow("EADDRINUSE");
    expect(host.exits).toEqual([1]);
    expect(host.written).toEqual([
      `test-service cannot start: port ${port} on 127.0.0.1 is already in use; stop what uses it or set PORT to a free one.\n`,
    ]);
  });

  it("exits with 1 when its work cannot start", async () => {
    const host = createHost();
    const failing = () => Promise.reject(new Error("no tables"));
    await expect(start({ process: host, start: failing })).rejects.toThrow("no tables");
    expect(host.exits).toEqual([1]);
  });

  it.each(["unhandledRejection", "uncaughtException"])("logs and exits with 1 on %s", async (event) => {
    const { processHost, lines } = await start();
    processHost.emit(event, new Error("surprise"));
    expect(processHost.exits).toEqual([1]);
    expect(JSON.parse(lines.at(-1) ?? "{}")).toMatchObject({ level: "fatal", err: { message: "surprise" } });
  });
});
