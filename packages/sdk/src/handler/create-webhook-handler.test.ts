import { expect, test, vi } from "vitest";
import { createMemoryStore } from "../idempotency/index.ts";
import { createWebhookHandler } from "./create-webhook-handler.ts";
import type { WebhookHandlerOptions } from "./handler-options.ts";
import type { WebhookOutcome } from "./outcome.ts";
import { appointmentCreated, fetchRequest, secret, signedRequest } from "./testing/signed-request.ts";

function makeHandler(options: Partial<WebhookHandlerOptions> = {}) {
  const outcomes: WebhookOutcome[] = [];
  const onOutcome = (outcome: WebhookOutcome) => void outcomes.push(outcome);
  const handler = createWebhookHandler({ secrets: secret, onOutcome, ...options } as WebhookHandlerOptions);
  return { handler, outcomes };
}

const post = (body: string, headers: Record<string, string>) =>
  new Request("http://127.0.0.1/webhooks", { method: "POST", body, headers });

test("a genuine event reaches its listeners in order, and is answered 200", async () => {
  const { handler, outcomes } = makeHandler();
  const seen: string[] = [];
  handler
    .on("appointment.*", (event) => void seen.push(`domain ${event.type}`))
    .on("appointment.created", async (event) => {
      await Promise.resolve();
      seen.push(event.data.appointment_id, event.id, event.createdAt?.toISOString() ?? "", event.format);
    })
    .on("order.*", () => void seen.push("not this one"))
    .onUnknown(() => void seen.push("nor this"));
  const response = await handler.fetch(fetchRequest());
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ received: true });
  const at = "2026-03-01T12:00:00.000Z";
  expect(seen).toEqual(["domain appointment.created", "appt_789", "evt_1", at, "envelope"]);
  expect(outcomes).toEqual([{ kind: "processed", id: "evt_1", type: "appointment.created" }]);
});

test.each([
  ["event", { id: "evt_1", event: "order.paid", payload: { order_id: "o" } }],
  ["flat", { event_type: "order.paid", order_id: "o" }],
  [
    "thin",
    {
      service: "order",
      event: "order.paid",
      event_time: 1,
      transaction_id: "evt_1",
      data: { order_id: "o" },
    },
  ],
])("the format %s becomes the same event", async (format, body) => {
  const { handler } = makeHandler();
  const seen = vi.fn();
  handler.on("order.paid", seen).onUnknown(() => {});
  expect((await handler.fetch(fetchRequest(body))).status).toBe(200);
  expect(seen).toHaveBeenCalledWith(
    expect.objectContaining({ id: "evt_1", type: "order.paid", data: { order_id: "o" }, format }),
  );
});

test("what no listener matches goes to onUnknown, newer event types as well", async () => {
  const { handler } = makeHandler();
  const unknown = vi.fn();
  handler.on("order.*", () => {}).onUnknown(unknown);
  await handler.fetch(fetchRequest());
  await handler.fetch(fetchRequest({ ...appointmentCreated, type: "robot.assembled" }, "evt_2"));
  expect(unknown.mock.calls.map(([event]) => event.type)).toEqual(["appointment.created", "robot.assembled"]);
});

test("a handler without onUnknown cannot be mounted in any way, unless it listens to everything", async () => {
  const { handler } = makeHandler();
  handler.on("order.*", () => {});
  for (const mount of ["express", "fastify", "hono", "next", "node"] as const) {
    expect(() => handler[mount]()).toThrow(`before handler.${mount}()`);
  }
  await expect(handler.fetch(fetchRequest())).rejects.toThrow("onUnknown");
  const { handler: all } = makeHandler();
  all.on("*", () => {});
  expect((await all.fetch(fetchRequest())).status).toBe(200);
});

const signed = signedRequest();
const { body, headers } = signed;
test.each<[string, Request, number, string]>([
  ["another body", post(`${body} `, headers), 401, "signature_mismatch"],
  ["no signature", post(body, {}), 401, "header_missing"],
  [
    "an old timestamp",
    post(body, { ...headers, "webhook-timestamp": "1700000000" }),
    401,
    "timestamp_too_old",
  ],
  ["a GET", new Request("http://127.0.0.1/"), 405, "method_not_allowed"],
  ["a body that is too large", post("x".repeat(2_000), headers), 413, "body_too_large"],
  ["genuine but no JSON", fetchRequest("<xml/>"), 400, "payload_malformed"],
  ["genuine but no event", fetchRequest({ hello: 1 }), 400, "payload_malformed"],
  [
    "another format than expected",
    fetchRequest({ event_type: "order.paid" }),
    400,
    "payload_format_unexpected",
  ],
])("refuses %s", async (_name, request, status, code) => {
  const { handler, outcomes } = makeHandler({ bodyBytesMax: 1_000, payloadFormat: "envelope" });
  const listener = vi.fn();
  handler.on("*", listener);
  const response = await handler.fetch(request);
  expect([response.status, await response.json()]).toEqual([
    status,
    expect.objectContaining({ status, code }),
  ]);
  expect(outcomes).toMatchObject([{ kind: "refused", code }]);
  expect(listener).not.toHaveBeenCalled();
});

test("a body that grows beyond the limit without saying so is not read to its end", async () => {
  const { handler } = makeHandler({ bodyBytesMax: 1_000 });
  handler.on("*", () => {});
  let chunks = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      chunks++;
      controller.enqueue(new Uint8Array(300));
    },
  });
  const request = new Request("http://127.0.0.1/", {
    method: "POST",
    body: endless,
    duplex: "half",
  } as RequestInit);
  expect((await handler.fetch(request)).status).toBe(413);
  expect(chunks).toBeLessThan(10);
});

test("a body that somebody has read is a mistake of the receiver, named with what to do", async () => {
  const { handler } = makeHandler();
  handler.on("*", () => {});
  const request = fetchRequest();
  await request.json();
  const response = await handler.fetch(request);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: "raw_body_required",
    detail: expect.stringContaining("request.json()"),
  });
});

test("a listener that throws is answered 500, its message stays here, and the next attempt runs again", async () => {
  const { handler, outcomes } = makeHandler({ idempotency: createMemoryStore() });
  let fails = true;
  handler.on("*", () => {
    if (fails) throw new Error("patient Renée is unknown");
  });
  const response = await handler.fetch(fetchRequest());
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("Renée");
  expect(outcomes).toMatchObject([{ kind: "failed", id: "evt_1", error: expect.any(Error) }]);
  fails = false;
  expect((await handler.fetch(fetchRequest())).status).toBe(200);
});

test("the same event is processed once, however often it comes", async () => {
  const { handler, outcomes } = makeHandler({ idempotency: createMemoryStore() });
  const listener = vi.fn();
  handler.on("*", listener);
  const answers = [await handler.fetch(fetchRequest()), await handler.fetch(fetchRequest())];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(listener).toHaveBeenCalledTimes(1);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["processed", "duplicate"]);
});

test("while one request is processed its repetition is asked to come again", async () => {
  const { handler } = makeHandler({ idempotency: createMemoryStore() });
  const { promise, resolve } = Promise.withResolvers<void>();
  handler.on("*", () => promise);
  const first = handler.fetch(fetchRequest());
  const second = await handler.fetch(fetchRequest());
  expect([second.status, second.headers.get("retry-after")]).toEqual([503, "10"]);
  resolve();
  expect((await first).status).toBe(200);
});

test("after the deadline the sender is asked to come again, and finds the event done", async () => {
  const { handler, outcomes } = makeHandler({ idempotency: createMemoryStore(), deadlineMs: 100 });
  const { promise, resolve } = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  handler.on("*", (event) => {
    signal = event.signal;
    return promise;
  });
  const late = await handler.fetch(fetchRequest());
  expect([late.status, late.headers.has("retry-after"), signal?.aborted]).toEqual([503, true, true]);
  resolve();
  await vi.waitFor(() => expect(outcomes.map(({ kind }) => kind)).toEqual(["late", "processed"]), {
    timeout: 30_000,
  });
  expect(await (await handler.fetch(fetchRequest())).json()).toEqual({ received: true, duplicate: true });
});

test("a store that cannot be reached is 503: nothing runs that might run twice", async () => {
  const down = () => Promise.reject(new Error("ECONNREFUSED"));
  const { handler, outcomes } = makeHandler({ idempotency: { claim: down, commit: down, release: down } });
  const listener = vi.fn();
  handler.on("*", listener);
  const response = await handler.fetch(fetchRequest());
  expect([response.status, response.headers.has("retry-after")]).toEqual([503, true]);
  expect(listener).not.toHaveBeenCalled();
  expect(outcomes).toMatchObject([{ kind: "unavailable", what: "idempotency" }]);
});

test.each([
  ["rejects", () => Promise.reject(new Error("ECONNRESET"))],
  [
    "throws at once, as a store of one's own may",
    () => {
      throw new Error("no client");
    },
  ],
])(
  "what was processed but could not be committed, since that %s, is not asked for again",
  async (_how, commit) => {
    const store = { claim: async () => "claimed" as const, commit, release: commit };
    const { handler, outcomes } = makeHandler({ idempotency: store });
    handler.on("*", () => {});
    expect((await handler.fetch(fetchRequest())).status).toBe(200);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["unavailable", "processed"]);
  },
);

test("secrets may be found for each request; when they cannot be, the sender comes again", async () => {
  const find = vi.fn(async () => ["whsec_".padEnd(50, "A"), secret]);
  const { handler } = makeHandler({ secrets: find });
  handler.on("*", () => {});
  expect((await handler.fetch(fetchRequest())).status).toBe(200);
  find.mockRejectedValueOnce(new Error("vault is sealed"));
  expect((await handler.fetch(fetchRequest())).status).toBe(503);
});

test("secrets may be found by a header, which only says where to look", async () => {
  const bySource: Record<string, string> = { clinic: secret };
  const { handler } = makeHandler({ secrets: ({ header }) => bySource[header("X-Tenant") ?? ""] ?? [] });
  handler.on("*", () => {});
  const from = (tenant: string) => post(body, { ...headers, "x-tenant": tenant });
  expect((await handler.fetch(from("clinic"))).status).toBe(200);
  expect((await handler.fetch(from("nobody"))).status).toBe(401);
});

test.each([
  ["no secret", { secrets: undefined }, "No secret"],
  ["an empty list", { secrets: [] }, "No secret"],
  ["an API key", { secrets: "cw_live_1234567890" }, "whsec_"],
  ["ack-first without a queue", { mode: "ack-first" }, "enqueue"],
  ["a deadline of nothing", { deadlineMs: 0 }, "deadlineMs"],
  ["a limit of nothing", { bodyBytesMax: 0 }, "bodyBytesMax"],
  ["a misspelt mode", { mode: "ackFirst" }, '"ack-first"'],
  ["a misspelt scheme", { scheme: "standard" }, '"standard-webhooks"'],
  ["a tolerance that is no number", { toleranceSeconds: Number("five") }, "toleranceSeconds"],
])("what can never work fails when it is made: %s", (_name, options, message) => {
  const make = () => makeHandler(options as unknown as Partial<WebhookHandlerOptions>);
  expect(make).toThrow(message);
  expect(make).not.toThrow("1234567890");
});

test("unsigned requests are accepted only where that is typed out", async () => {
  const options = { secrets: undefined, allowUnsigned: true } as Partial<WebhookHandlerOptions>;
  const { handler } = makeHandler(options);
  handler.on("*", () => {});
  const unsigned = JSON.stringify(appointmentCreated);
  expect((await handler.fetch(post(unsigned, { "webhook-id": "evt_1" }))).status).toBe(200);
  expect((await handler.fetch(post('{"event_type":"order.paid"}', {}))).status).toBe(401);
});

test("a pattern that can match nothing is refused when it is added", () => {
  const { handler } = makeHandler();
  for (const pattern of ["", "order.", "or*er.paid", ".*", "order.**", "order .paid"]) {
    expect(() => handler.on(pattern as "*", () => {}), pattern).toThrow(TypeError);
  }
  expect(() => handler.on("order.paid", undefined as never)).toThrow("function");
  handler.onUnknown(() => {});
  expect(() => handler.onUnknown(() => {})).toThrow("twice");
});
