import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import { createWebhookHandler } from "../handler/create-webhook-handler.ts";
import { secret, signedRequest } from "../handler/testing/signed-request.ts";
import { createExpressHandler } from "./express.ts";
import { createNodeListener } from "./node.ts";
import { checkAdapter } from "./testing/check-adapter.ts";
import { collectingHandler } from "./testing/mounted-handler.ts";
import { serve } from "./testing/serve.ts";

test("node:http hands the bytes over", async () => {
  const { handler, received } = collectingHandler();
  const url = await serve(handler.node());
  await checkAdapter((init) => fetch(url, init), received);
});

test("a body in many pieces, of no length told beforehand, is put together", async () => {
  const { handler, received } = collectingHandler();
  const url = await serve(handler.node());
  const { headers, body } = signedRequest();
  const pieces = new ReadableStream({
    start(controller) {
      for (const byte of Buffer.from(body)) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const response = await fetch(url, { method: "POST", headers, body: pieces, duplex: "half" } as RequestInit);
  expect(response.status).toBe(200);
  expect(received).toEqual(["evt_1 appt_789"]);
});

test("a body without end is answered 413 and the connection closed", async () => {
  const { handler } = collectingHandler();
  const { port } = new URL(await serve(handler.node()));
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  socket.write(`fa0\r\n${"x".repeat(4_000)}\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 413 /);
});

test("a body that does not arrive is not waited for without end", async () => {
  const handler = createWebhookHandler({ secrets: secret, deadlineMs: 100, onOutcome: () => {} });
  const { port } = new URL(await serve(handler.on("*", () => {}).node()));
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 400 [\s\S]*body_unreadable/);
});

test("only POST is received, and the advice fits servers without a framework", async () => {
  const { handler } = collectingHandler();
  const url = await serve(handler.node());
  const response = await fetch(url);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  const eaten = await serve((request, response) => {
    request.resume().on("end", () => handler.node()(request, response));
  });
  const answer = await fetch(eaten, { method: "POST", ...signedRequest() });
  expect(await answer.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("bodyParser: false"),
  });
});

test.each([
  ["node:http", createNodeListener],
  ["an Express handler outside of Express", createExpressHandler],
])("%s answers 500 when the handler itself fails, and serves on", async (_, mount) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const error = new Error("a bug");
    const url = await serve(mount(() => Promise.reject(error)));
    for (let request = 1; request <= 2; request++) {
      const response = await fetch(url, { method: "POST", body: "{}" });
      expect([response.status, await response.json()]).toEqual([
        500,
        expect.objectContaining({ code: "handler_failed" }),
      ]);
    }
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("the handler itself failed"), error);
  } finally {
    warn.mockRestore();
  }
});
