import { Hono, type MiddlewareHandler } from "hono";
import { expect, test } from "vitest";
import { signedRequest } from "../handler/testing/signed-request.ts";
import { checkAdapter } from "./testing/check-adapter.ts";
import { collectingHandler } from "./testing/mounted-handler.ts";

function mount(...before: MiddlewareHandler[]) {
  const { handler, received } = collectingHandler();
  const app = new Hono();
  for (const middleware of before) app.use(middleware);
  app.post("/webhooks", handler.hono());
  return { received, send: async (init: RequestInit) => app.request("/webhooks", init) };
}

test("Hono hands the bytes over", async () => {
  const { send, received } = mount();
  await checkAdapter(send, received);
});

test.each<[string, MiddlewareHandler]>([
  [
    "c.req.text()",
    async (c, next) => {
      await c.req.text();
      await next();
    },
  ],
  [
    "c.req.json()",
    async (c, next) => {
      await c.req.json();
      await next();
    },
  ],
  [
    "c.req.arrayBuffer()",
    async (c, next) => {
      await c.req.arrayBuffer();
      await next();
    },
  ],
])("a middleware that called %s left the exact bytes", async (_name, middleware) => {
  const { send, received } = mount(middleware);
  expect((await send({ method: "POST", ...signedRequest() })).status).toBe(200);
  expect(received).toEqual(["evt_1 appt_789"]);
});

test("a middleware that read the body past Hono is a mistake with advice", async () => {
  const { send } = mount(async (c, next) => {
    await c.req.raw.json();
    await next();
  });
  const response = await send({ method: "POST", ...signedRequest() });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("In Hono"),
  });
});
