import { connect } from "node:net";
import { apiContract } from "@carewire/contracts";
import { routesOf } from "@carewire/contracts/openapi";
import { eventually } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sessionMark } from "../session/session-mark.ts";
import { answerJson } from "../testing/start-stub-api.ts";
import { startTestPortal, type TestPortal } from "../testing/start-test-portal.ts";
import { portalRoutes, portalStreams } from "./portal-routes.ts";

let portal: TestPortal;

beforeAll(async () => {
  portal = await startTestPortal();
});
beforeEach(() => {
  portal.api.requests.length = 0;
  portal.api.answer = null;
});
afterAll(() => portal.stop());

const cookie = "__Host-portal=cw_sess_mine";
const filled = (path: string) => path.replace(/:\w+/g, "sub_1");
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
const allowed = new Set(portalRoutes.map(nameOf));
const others = routesOf(apiContract).filter(({ route }) => !allowed.has(nameOf(route)));

describe("what is passed on", () => {
  test.each([...portalRoutes, ...portalStreams].map((route) => [nameOf(route), route] as const))(
    "%s, as the session in the cookie",
    async (_name, { method, path }) => {
      const answer = await portal.send({ method, path: `/api${filled(path)}?limit=1`, headers: { cookie } });
      expect(answer.status).toBe(200);
      const [request] = portal.api.requests;
      expect(request).toMatchObject({
        method,
        url: `${filled(path)}?limit=1`,
        headers: { authorization: "Bearer cw_sess_mine" },
      });
    },
  );

  test.each(others.map(({ route }) => [nameOf(route), route] as const))(
    "not %s",
    async (_name, { method, path }) => {
      const answer = await portal.send({ method, path: `/api${filled(path)}`, headers: { cookie } });
      expect([404, 405]).toContain(answer.status);
      expect(portal.api.requests).toEqual([]);
    },
  );

  test.each([
    "/api/metrics",
    "/api/livez",
    "/api/openapi.json",
    "/api//v1/events",
    "/api/v1/subscriptions/..",
    "/api/v1/subscriptions/.",
    "/api/v1/subscriptions/%2e%2e",
    "/api/v1/subscriptions/../envelopes",
    "/api/../metrics2",
    "/api/v1/events/%zz",
  ])("not %s", async (path) => {
    const status = await rawStatus(path);
    expect([400, 404]).toContain(status);
    expect(portal.api.requests).toEqual([]);
  });

  test.each(["..%2f..%2fenvelopes", "a%2fb", "%00", "a?b=c", "x%0d%0ay"])(
    "an id of %s is still an id of the same route",
    async (id) => {
      await rawStatus(`/api/v1/subscriptions/${id}`);
      for (const { url } of portal.api.requests) expect(url).toMatch(/^\/v1\/subscriptions\/[^/]+$/);
    },
  );

  /** The path as it is written: clients tidy it up. */
  function rawStatus(path: string): Promise<number> {
    const socket = connect(Number(new URL(portal.url).port), "127.0.0.1");
    return new Promise((resolve, reject) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
        socket.end();
      });
      socket.on("close", () => resolve(Number(text.split(" ")[1])));
      socket.on("error", reject);
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`,
      );
    });
  }
});

describe("a request", () => {
  test("without a session is 401, and goes nowhere", async () => {
    const answer = await portal.send({ method: "POST", path: "/api/v1/subscriptions", body: { name: "x" } });
    expect(answer.status).toBe(401);
    expect(portal.api.requests).toEqual([]);
  });

  test("takes its body and the headers that matter along, and nothing about the browser or the connection", async () => {
    await portal.send({
      method: "POST",
      path: "/api/v1/subscriptions",
      body: '{"name":  "x"}',
      headers: {
        cookie,
        "idempotency-key": "k",
        authorization: "Bearer cw_live_smuggled",
        "x-forwarded-for": "10.0.0.1",
        "user-agent": "browser",
        referer: "https://portal.example/secret",
        te: "trailers",
        connection: "keep-alive, x-hop",
        "x-hop": "1",
      },
    });
    const [request] = portal.api.requests;
    expect(request?.body).toBe('{"name":  "x"}');
    expect(request?.headers).toEqual({
      host: expect.any(String),
      connection: "keep-alive",
      authorization: "Bearer cw_sess_mine",
      "content-type": "application/json",
      "content-length": "14",
      "idempotency-key": "k",
      "user-agent": "carewire-portal",
    });
  });

  test.each([
    ["what it says", { "x-portal-session": sessionMark("cw_sess_before") }, ""],
    ["its address", {}, `?portal_session=${sessionMark("cw_sess_before")}`],
  ])("of a page drawn for another session, by %s, is 409 and goes nowhere", async (_by, headers, query) => {
    const path = `/api/v1/subscriptions${query}`;
    const answer = await portal.send({ method: "POST", path, body: {}, headers: { cookie, ...headers } });
    expect([answer.status, answer.headers.get("x-portal-session")]).toEqual([409, "changed"]);
    expect(JSON.parse(answer.text)).toMatchObject({
      detail: "Somebody else was signed in in this browser meanwhile. Nothing was done.",
    });
    expect(portal.api.requests).toEqual([]);
  });

  test("of a page drawn for this session is passed on, without saying so to the API", async () => {
    const mark = sessionMark("cw_sess_mine");
    const path = `/api/v1/tail?portal_session=${mark}&type=order.*`;
    await portal.send({ path, headers: { cookie, "x-portal-session": mark } });
    const [request] = portal.api.requests;
    expect(request?.url).toBe("/v1/tail?type=order.*");
    expect(JSON.stringify(request?.headers)).not.toContain(mark);
  });

  test("of more than 256 KiB is 413, and goes nowhere", async () => {
    const body = JSON.stringify({ name: "x".repeat(262_144) });
    const answer = await portal.send({
      method: "POST",
      path: "/api/v1/subscriptions",
      body,
      headers: { cookie },
    });
    expect(answer.status).toBe(413);
    expect(portal.api.requests).toEqual([]);
  });
});

describe("an answer", () => {
  test("keeps its status, body and what the page needs; nothing of it reaches the browser's other state", async () => {
    portal.api.answer = (_request, res) => {
      res.writeHead(429, {
        "content-type": "application/problem+json",
        "retry-after": "7",
        "x-request-id": "r-1",
        "set-cookie": "__Host-portal=planted; Path=/; Secure",
        "access-control-allow-origin": "*",
        "clear-site-data": '"*"',
      });
      res.end('{"code":"too_many_requests"}');
    };
    const answer = await portal.send({ path: "/api/v1/events", headers: { cookie } });
    expect([answer.status, answer.text]).toEqual([429, '{"code":"too_many_requests"}']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "7",
      "x-request-id": "r-1",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    for (const name of ["set-cookie", "access-control-allow-origin", "clear-site-data"])
      expect(answer.headers.has(name)).toBe(false);
  });

  test("of 401 leaves the cookie alone: the browser's may be of a new session by now", async () => {
    portal.api.answer = (_request, res) => answerJson(res, 401, {});
    const answer = await portal.send({ path: "/api/v1/events", headers: { cookie } });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
  });

  test("that does not come because the API is down is 503 with Retry-After", async () => {
    portal.api.answer = (_request, res) => res.destroy();
    const answer = await portal.send({ path: "/api/v1/events", headers: { cookie } });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  test("that breaks off breaks off for the browser too, instead of looking whole", async () => {
    portal.api.answer = (_request, res) => {
      res.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      res.write('{"data":[');
      setImmediate(() => res.destroy());
    };
    await expect(portal.send({ path: "/api/v1/events", headers: { cookie } })).rejects.toThrow();
  });
});

describe("a stream", () => {
  /** Opens one, and collects what arrives until it is closed. */
  async function openTail() {
    const gone = new AbortController();
    const response = await fetch(`${portal.url}/api/v1/tail`, {
      headers: { cookie, accept: "text/event-stream" },
      signal: gone.signal,
    });
    const seen: string[] = [];
    const ended = (async () => {
      for await (const chunk of response.body ?? []) seen.push(Buffer.from(chunk).toString());
    })().catch(() => {});
    return { response, seen, ended, leave: () => gone.abort() };
  }

  test("passes each message on as it comes, and is let go of when the browser leaves", async () => {
    let write: (text: string) => void = () => {};
    let left = false;
    portal.api.answer = (_request, res) => {
      res.writeHead(200, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
      res.flushHeaders();
      write = (text) => void res.write(text);
      res.once("close", () => {
        left = true;
      });
    };
    const tail = await openTail();
    expect(tail.response.headers.get("content-type")).toBe("text/event-stream");
    expect(tail.response.headers.get("x-accel-buffering")).toBe("no");
    write("data: 1\n\n");
    await eventually(() => tail.seen.join("") === "data: 1\n\n");
    write("data: 2\n\n");
    await eventually(() => tail.seen.join("") === "data: 1\n\ndata: 2\n\n");
    tail.leave();
    await eventually(() => left);
  });

  test("ends when the portal stops, so that stopping waits for nobody", async () => {
    const stopping = await startTestPortal();
    stopping.api.answer = (_request, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.flushHeaders();
    };
    const response = await fetch(`${stopping.url}/api/v1/tail`, { headers: { cookie } });
    const ended = response.text();
    await stopping.stop();
    expect(await ended).toBe("");
    expect(stopping.logs()).not.toContain("request failed");
  });
});

test("the portal is ready when the API answers, and not when it does not", async () => {
  const own = await startTestPortal();
  await eventually(async () => (await own.send({ path: "/readyz" })).status === 200);
  await own.api.close();
  await eventually(async () => (await own.send({ path: "/readyz" })).status === 503);
  await own.stop();
});
