import express, { type RequestHandler } from "express";
import { expect, test, vi } from "vitest";
import { signedRequest } from "../handler/testing/signed-request.ts";
import { checkAdapter } from "./testing/check-adapter.ts";
import { collectingHandler } from "./testing/mounted-handler.ts";
import { serve } from "./testing/serve.ts";

async function mount(...before: RequestHandler[]) {
  const { handler, received } = collectingHandler();
  const app = express();
  for (const middleware of before) app.use(middleware);
  app.post("/webhooks", handler.express());
  app.use(express.json());
  const url = await serve(app);
  return { received, send: (init: RequestInit) => fetch(url, init) };
}

test("mounted above the body parser, Express hands the bytes over", async () => {
  const { send, received } = await mount();
  await checkAdapter(send, received);
});

test("bytes that express.raw() has read are good enough", async () => {
  const { send, received } = await mount(express.raw({ type: () => true }));
  await checkAdapter(send, received);
});

test("text that express.text() has read is good enough", async () => {
  const { send, received } = await mount(express.text({ type: () => true }));
  expect((await send({ method: "POST", ...signedRequest() })).status).toBe(200);
  expect(received).toHaveLength(1);
});

test("bytes that a parser kept are good enough", async () => {
  const verify = (request: object, _response: unknown, bytes: Buffer) =>
    void Object.assign(request, { rawBody: bytes });
  const { send, received } = await mount(express.json({ verify }));
  expect((await send({ method: "POST", ...signedRequest() })).status).toBe(200);
  expect(received).toHaveLength(1);
});

test("after express.json() the answer says what to change", async () => {
  const { send, received } = await mount(express.json());
  const response = await send({ method: "POST", ...signedRequest() });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("above app.use(express.json())"),
  });
  expect(received).toEqual([]);
});

test("an answer that comes after the application's own timeout is dropped", async () => {
  const { send, received } = await mount((_request, response, next) => {
    response.status(504).json({ code: "gateway_timeout" });
    next();
  });
  const response = await send({ method: "POST", ...signedRequest() });
  expect(response.status).toBe(504);
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 30_000 });
  expect((await send({ method: "POST", ...signedRequest() })).status).toBe(504);
});
