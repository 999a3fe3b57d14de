import { once } from "node:events";
import { connect } from "node:net";
import { eventually } from "@carewire/testkit";
import type { Express } from "express";
import { describe, expect, it, vi } from "vitest";
import { createProcessHost, startTestService } from "./testing/start-test-service.ts";

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

describe("stopping", () => {
  it("answers what is in flight, drains, closes, and exits with 0 on SIGTERM", async () => {
    const order: string[] = [];
    const slow = createSlowRoute();
    const { url, processHost } = await startTestService({
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
    const { url, stop } = await startTestService({ routes: slow.routes });
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

  it("waits for nobody who has said nothing yet, or does not come to the end of a request", async () => {
    const slow = createSlowRoute();
    const { url, stop } = await startTestService({ routes: slow.routes, shutdownTimeoutMs: 30_000 });
    const asking = fetch(`${url}/slow`);
    await slow.arrived;
    const closed: string[] = [];
    for (const text of [
      "",
      "GET /slow HTTP/1.1\r\nhost:",
      "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n",
    ]) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket
        .on("error", () => {})
        .on("close", () => closed.push(text))
        .resume();
      await once(socket, "connect");
      socket.write(text);
    }
    const stopped = stop();
    await eventually(() => closed.length === 3, { timeoutMs: 10_000 });
    slow.answer();
    expect(await (await asking).json()).toEqual({ done: true });
    await stopped;
  });

  it("exits with 1 when the drain takes longer than it may", async () => {
    const { processHost, lines } = await startTestService({
      drain: () => new Promise(() => {}),
      shutdownTimeoutMs: 100,
    });
    processHost.emit("SIGTERM", "SIGTERM");
    await eventually(() => processHost.exits.length > 0);
    expect(processHost.exits).toEqual([1]);
    expect(lines.join()).toContain("not stopped within 100 ms");
  });

  it("exits with 1 at once on a second signal", async () => {
    const { processHost } = await startTestService({
      drain: () => new Promise(() => {}),
      shutdownTimeoutMs: 500,
    });
    processHost.emit("SIGINT", "SIGINT");
    expect(processHost.exits).toEqual([]);
    processHost.emit("SIGINT", "SIGINT");
    expect(processHost.exits).toEqual([1]);
  });

  it("runs drain and close once however often stop is called", async () => {
    const drain = vi.fn();
    const { stop } = await startTestService({ drain });
    await Promise.all([stop(), stop()]);
    await stop();
    expect(drain).toHaveBeenCalledTimes(1);
  });

  it("exits with 0 when the signal comes while the work is starting and makes it give up", async () => {
    const starting = Promise.withResolvers<void>();
    const processHost = createProcessHost();
    const service = startTestService({
      process: processHost,
      start: () => {
        processHost.emit("SIGTERM", "SIGTERM");
        return starting.promise;
      },
      drain: () => starting.reject(new Error("given up")),
    });
    await service;
    await eventually(() => processHost.exits.length > 0);
    expect(processHost.exits).toEqual([0]);
  });

  it("leaves the process's listeners as they were", async () => {
    const { stop, processHost } = await startTestService();
    await stop();
    expect(processHost.eventNames()).toEqual([]);
  });
});

describe("failing", () => {
  it("refuses to start in one sentence when the port is taken", async () => {
    const { url } = await startTestService();
    const port = Number(new URL(url).port);
    const host = createProcessHost();
    await expect(startTestService({ port, process: host })).rejects.toThrow("EADDRINUSE");
    expect(host.exits).toEqual([1]);
    expect(host.written).toEqual([
      `test-service cannot start: port ${port} on 127.0.0.1 is already in use; stop what uses it or set PORT to a free one.\n`,
    ]);
  });

  it("exits with 1 when its work cannot start", async () => {
    const host = createProcessHost();
    const failing = () => Promise.reject(new Error("no tables"));
    await expect(startTestService({ process: host, start: failing })).rejects.toThrow("no tables");
    expect(host.exits).toEqual([1]);
  });

  it.each(["unhandledRejection", "uncaughtException"])("logs and exits with 1 on %s", async (event) => {
    const { processHost, lines } = await startTestService();
    processHost.emit(event, new Error("surprise"));
    expect(processHost.exits).toEqual([1]);
    expect(JSON.parse(lines.at(-1) ?? "{}")).toMatchObject({ level: "fatal", err: { message: "surprise" } });
  });
});
