import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startThingsApi } from "./testing/things-api.ts";

let api: Awaited<ReturnType<typeof startThingsApi>>;

beforeAll(async () => {
  api = await startThingsApi();
});
afterAll(() => api.stop());

const nested = (depth: number): string =>
  `{"name":"a","tags":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("a request body", () => {
  it("is taken when it fits the contract, and its exact bytes are kept", async () => {
    const sent = '{ "name": "a",  "size": 1e0 }';
    expect(await api.post(sent)).toMatchObject({ status: 201, body: { name: "a", raw: sent } });
    expect(await api.post(sent, { "content-type": "application/json; charset=UTF-8" })).toMatchObject({
      status: 201,
    });
  });

  it.each(["\\u0000", "\\ud800", "😀"])(
    "is taken with %j inside a text, exactly as it came",
    async (text) => {
      const sent = `{"name":"a${text}"}`;
      expect(await api.post(sent)).toMatchObject({ status: 201, body: { raw: sent } });
    },
  );

  it("keeps in its raw bytes what parsing loses: digits past 2^53, repeated keys", async () => {
    const sent = '{"name":"b","name":"a","size":9007199254740993}';
    expect(await api.post(sent)).toMatchObject({ status: 201, body: { name: "a", raw: sent } });
  });

  it("is taken compressed, while the decompressed size counts", async () => {
    const gzip = { "content-encoding": "gzip" };
    expect(await api.post(gzipSync('{"name":"a"}'), gzip)).toMatchObject({ status: 201 });
    expect(await api.post(gzipSync(`{"name":"${"a".repeat(1_000_000)}"}`), gzip)).toMatchObject({
      status: 413,
    });
    expect(await api.post("not gzip", gzip)).toMatchObject({ status: 400, body: { code: "malformed_json" } });
    expect(await api.post("x", { "content-encoding": "zstd" })).toMatchObject({ status: 415 });
  });

  it("is 415 when it is not JSON in UTF-8", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
    ]) {
      const answer = await api.post('{"name":"a"}', { "content-type": type });
      expect(answer).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
    }
  });

  it("is 413 one byte over the limit, with or without a declared length", async () => {
    const exact = `{"name":"${"a".repeat(989)}"}`;
    expect(exact).toHaveLength(1_000);
    expect(await api.post(exact)).toMatchObject({ status: 201 });
    expect(await api.post(`${exact} `)).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    const chunked = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode("a".repeat(100)));
        controller.close();
      },
    });
    const response = await fetch(`${api.url}/things`, {
      method: "POST",
      body: chunked,
      duplex: "half",
      headers: { "content-type": "application/json" },
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it.each([
    ["malformed JSON", '{"name":'],
    ["no object", '["a"]'],
    ["__proto__ keys", '{"name":"a","__proto__":{"admin":true}}'],
    ["escaped __proto__ keys", '{"name":"a","\\u005f_proto__":{"admin":true}}'],
    ["constructor.prototype keys", '{"name":"a","constructor":{"prototype":{"admin":true}}}'],
    ["nesting beyond 64", nested(65)],
    ["a byte order mark", '\ufeff{"name":"a"}'],
  ])("is 400 with %s", async (_name, body) => {
    expect(await api.post(body)).toMatchObject({
      status: 400,
      type: "application/problem+json",
      body: { code: "malformed_json" },
    });
  });

  it("is 400 when it is not valid UTF-8", async () => {
    expect(await api.post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({
      status: 400,
    });
  });

  it("may nest 64 levels", async () => {
    expect((await api.post(nested(64))).body.code).not.toBe("malformed_json");
  });

  it("reaches no handler when it was refused", async () => {
    const before = api.created();
    await api.post('{"name":');
    await api.post('{"nome":"a"}');
    expect(api.created()).toBe(before);
  });
});
