import type { Answer } from "@carewire/testkit";
import { describe, expect, test } from "vitest";
import { failureOf, useScriptedHost } from "../http/testing/scripted-host.ts";
import type { ClientOptions } from "./client-options.ts";
import { createClient } from "./create-client.ts";

const host = useScriptedHost();
const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const busy: Answer = { status: 503 };
const lost: Answer = { destroy: true };

const client = (options: Partial<ClientOptions> = {}) =>
  createClient({ baseUrl: `${host.url()}/`, apiKey: "cw_live_secret", ...host.tools, ...options });

describe("retries", () => {
  test.each<[string, Answer]>([
    ["a lost connection", lost],
    ["503", busy],
    ["429", { status: 429 }],
  ])("publishing is repeated after %s, under one key", async (_, answer) => {
    host.answerWith(answer, answer, json({ id: "evt_1" }, 202));
    const published = await client().events.publish({
      type: "order.paid",
      data: { order_id: "o", customer_id: "c" },
    });
    expect(published.id).toBe("evt_1");
    const keys = host.requests().map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{16,255}$/);
    expect(new Set(keys).size).toBe(1);
    expect(new Set(host.requests().map(({ body }) => String(body))).size).toBe(1);
    expect(host.waits()).toEqual([250, 500]);
  });

  test("two calls have two keys; a key of the caller's own is used", async () => {
    host.answerWith(json({ id: "evt_1" }, 202));
    const one = client();
    const event = { type: "order.paid", data: {} };
    await one.events.publish(event);
    await one.events.publish(event);
    await one.events.publishBatch({ events: [event] }, { idempotencyKey: "mine" });
    const keys = host.requests().map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe("mine");
  });

  test.each<[string, Answer]>([
    ["a lost connection", lost],
    ["503", busy],
    ["500", { status: 500 }],
  ])("what makes something new is not repeated after %s", async (_, answer) => {
    host.answerWith(answer, json({}, 201));
    const error = await failureOf(client().apiKeys.create({ name: "a", scopes: ["events:read"] }));
    expect(error.tries).toBe(1);
    expect(host.requests()).toHaveLength(1);
  });

  test("but after a 429, which says that nothing was done", async () => {
    host.answerWith({ status: 429, headers: { "retry-after": "1" } }, json({ id: "sub_1" }, 201));
    await client().subscriptions.create({ name: "a", url: "https://x.example" });
    expect(host.requests()).toHaveLength(2);
    expect(host.waits()).toEqual([1_250]);
  });

  test("a deletion whose answer was lost has happened when the thing is gone", async () => {
    host.answerWith(lost, { status: 404 });
    expect(await client().subscriptions.remove("sub_1")).toBeUndefined();
    host.answerWith({ status: 404 });
    expect(await failureOf(client().subscriptions.remove("sub_1"))).toMatchObject({ status: 404 });
    host.answerWith({ status: 429 }, { status: 404 });
    expect(await failureOf(client().subscriptions.remove("sub_1"))).toMatchObject({ status: 404 });
  });

  test("an erasure of what was never there is no success, whatever came before", async () => {
    host.answerWith(busy, { status: 404 });
    const erasure = client().payloads.erase("evt_wrong", { reason: "asked for by the patient" });
    expect(await failureOf(erasure)).toMatchObject({ status: 404, tries: 2 });
  });

  test("it ends: four tries by default, a time limit for each, and a signal for all", async () => {
    host.answerWith(busy);
    expect(await failureOf(client().audit.verify())).toMatchObject({
      tries: 4,
      code: "http_503",
      retryable: true,
    });
    host.answerWith({ hang: true });
    const hanging = client({ triesMax: 2 }).events.get("evt_1", { timeoutMs: 60 });
    expect(await failureOf(hanging)).toMatchObject({ tries: 2, code: "timeout" });
    const stop = new AbortController();
    const left = client().events.get("evt_1", { signal: stop.signal });
    stop.abort(new Error("not needed any more"));
    await expect(left).rejects.toThrow("not needed any more");
  });
});
