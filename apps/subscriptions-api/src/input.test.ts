import { request as httpRequest } from "node:http";
import { connect as connectSocket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { batchBytesMax, eventBytesMax } from "@carewire/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/start-test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});

afterAll(() => api.stop());

const head = '{"type":"x.done","data":{"a":"';
const tail = '"}}';
const eventOf = (bytes: number): string => head + "x".repeat(bytes - head.length - tail.length) + tail;

const post = (body: unknown, headers: Record<string, string> = {}, path = "/v1/events") =>
  api.send("POST", path, { body, headers });

/** Sends chunks without a length; resolves with the status. */
function postChunked(body: string): Promise<number> {
  const { port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${api.tenant.key}`, "content-type": "application/json" };
    const request = httpRequest(
      { host: "127.0.0.1", port, path: "/v1/events", method: "POST", headers },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.on("error", reject);
    for (let at = 0; at < body.length; at += 65_536) request.write(body.slice(at, at + 65_536));
    request.end();
  });
}

/** Sends bytes as they are; resolves with the first line of the answer. */
function sendRaw(text: string): Promise<string> {
  const socket = connectSocket(Number(new URL(api.url).port), "127.0.0.1");
  return new Promise((resolve, reject) => {
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      socket.end();
    });
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
    socket.on("error", reject);
    socket.write(text);
  });
}

describe("size", () => {
  test("an event of exactly the limit is taken, one byte more is 413", async () => {
    expect((await post(eventOf(eventBytesMax))).status).toBe(202);
    expect((await post(eventOf(eventBytesMax + 1))).status).toBe(413);
  });

  test("a batch one byte over its limit is 413", async () => {
    const body = `{"events":[${"1,".repeat(10)}"${"x".repeat(batchBytesMax)}"]}`;
    expect((await post(body, {}, "/v1/events/batch")).status).toBe(413);
  });

  test("chunks without a length are cut off at the limit: 413", async () => {
    expect(await postChunked(eventOf(eventBytesMax))).toBe(202);
    expect(await postChunked(eventOf(eventBytesMax + 1))).toBe(413);
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("a %s bomb is 413, and an honest body is taken", async (coding, compress) => {
    const headers = { "content-encoding": coding };
    expect((await post(compress(Buffer.alloc(8_000_000, "x")), headers)).status).toBe(413);
    expect((await post(compress(Buffer.from(eventOf(200))), headers)).status).toBe(202);
  });

  test("a header of 17 KB is 431", async () => {
    expect(
      await sendRaw(`GET /v1/events HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(17_000)}\r\n\r\n`),
    ).toContain(" 431 ");
  });
});

describe("form", () => {
  test.each([
    ["nested 65 deep", `{"type":"x.done","data":${'{"a":'.repeat(64)}1${"}".repeat(65)}`],
    ["of 100,000 arrays", `{"type":"x.done","data":{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}}`],
    ["with __proto__", '{"type":"x.done","data":{"__proto__":{"a":1}}}'],
    ["with constructor.prototype", '{"type":"x.done","data":{"constructor":{"prototype":{"a":1}}}}'],
    ["that is not JSON", '{"type":'],
    ["that is no object", "[]"],
    ["behind a byte order mark", '\ufeff{"type":"x.done","data":{}}'],
    ["in broken UTF-8", Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from(tail)])],
  ])("a body %s is 400", async (_what, body) => {
    expect((await post(body)).status).toBe(400);
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
  });

  test.each(["text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"])(
    "content type %s is 415",
    async (contentType) => {
      expect((await post(eventOf(100), { "content-type": contentType })).status).toBe(415);
    },
  );

  test("a body that is missing is 422", async () => {
    expect((await api.send("POST", "/v1/events")).status).toBe(422);
  });
});

describe("HTTP", () => {
  const headers = "host: x\r\ncontent-type: application/json\r\n";

  test.each([
    [
      "length and chunks together",
      `POST /v1/events HTTP/1.1\r\n${headers}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["bare line feeds", "GET /v1/events HTTP/1.1\nhost: x\n\n"],
    [
      "two lengths",
      `POST /v1/events HTTP/1.1\r\n${headers}content-length: 4\r\ncontent-length: 5\r\n\r\n{}  `,
    ],
  ])("%s is 400", async (_what, text) => {
    expect(await sendRaw(text)).toContain(" 400 ");
  });

  test.each([
    ["PUT", "/v1/events"],
    ["DELETE", "/v1/events"],
    ["POST", "/v1/deliveries"],
  ])("%s %s is 405, and no header overrides a method", async (method, path) => {
    const override = { "x-http-method-override": "GET" };
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: { ...override, authorization: `Bearer ${api.tenant.key}` },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toContain("GET");
  });

  test("TRACE is 405", async () => {
    expect(await sendRaw("TRACE /v1/events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toContain(
      " 405 ",
    );
  });

  test("an unknown path is a 404 problem", async () => {
    const answer = await fetch(`${api.url}/v1/nothing`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });
});
