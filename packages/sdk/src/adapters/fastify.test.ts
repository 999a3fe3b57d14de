import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { signedRequest } from "../handler/testing/signed-request.ts";
import { checkAdapter } from "./testing/check-adapter.ts";
import { collectingHandler } from "./testing/mounted-handler.ts";

async function start(prepare: (app: ReturnType<typeof Fastify>) => void = () => {}) {
  const { handler, received } = collectingHandler();
  const app = Fastify();
  onTestFinished(() => app.close());
  prepare(app);
  app.post("/webhooks", handler.fastify());
  app.post("/json", (request) => request.body);
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return { app, origin, received, send: (init: RequestInit) => fetch(`${origin}/webhooks`, init) };
}

test("Fastify hands the bytes over, and still parses JSON everywhere else", async () => {
  const { send, received, origin } = await start();
  await checkAdapter(send, received);
  const headers = { "content-type": "application/json" };
  const other = await fetch(`${origin}/json`, { method: "POST", headers, body: '{"a":1}' });
  expect(await other.json()).toEqual({ a: 1 });
});

test("inject() of Fastify's own tests works as well", async () => {
  const { app, received } = await start();
  const { headers, body } = signedRequest();
  const response = await app.inject({ method: "POST", url: "/webhooks", headers, payload: body });
  expect(response.statusCode).toBe(200);
  expect(received).toEqual(["evt_1 appt_789"]);
});

test("a hook that read the body before is named", async () => {
  const { send } = await start((app) => {
    app.addHook("onRequest", async ({ raw }: { raw: AsyncIterable<unknown> }) => {
      for await (const _chunk of raw);
    });
  });
  const response = await send({ method: "POST", ...signedRequest() });
  expect(await response.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("onRequest hook"),
  });
});
