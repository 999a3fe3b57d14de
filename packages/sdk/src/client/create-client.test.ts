import { type Answer, type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CarewireApiError } from "../http/api-error.ts";
import type { ClientOptions } from "./client-options.ts";
import { createClient } from "./create-client.ts";

let api: Receiver;
let waits: number[];
let before = 0;

const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });
const busy: Answer = { status: 503 };
const lost: Answer = { destroy: true };

const client = (options: Partial<ClientOptions> = {}) =>
  createClient({
    baseUrl: `${api.url}/`,
    apiKey: "cw_live_secret",
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });

function answerWith(...answers: Answer[]): void {
  let n = 0;
  api.answer(() => answers[Math.min(n++, answers.length - 1)] as Answer);
}

const requests = () => api.requests().slice(before);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error("it succeeded")),
    (error: CarewireApiError) => error,
  );

beforeAll(async () => {
  api = await startReceiver();
});
afterAll(() => api.close());
beforeEach(() => {
  waits = [];
  before = api.requests().length;
});

describe("requests", () => {
  test("parts of the path, query and body go where they belong", async () => {
    answerWith(json({}));
    const one = client();
    await one.subscriptions.update("sub/1 ?", { name: "changed" });
    await one.deliveries.list({ status: "failed", limit: 5, type: undefined });
    await one.resources.get("lab result", "a&b");
    await one.subscriptions.rotateSecret("sub_1");
    await one.subscriptions.pause("sub_1");
    const seen = requests().map(({ method, path, body }) => `${method} ${path} ${body}`);
    expect(seen).toEqual([
      'PATCH /v1/subscriptions/sub%2F1%20%3F {"name":"changed"}',
      "GET /v1/deliveries?status=failed&limit=5 ",
      "GET /v1/resources/lab%20result/a%26b ",
      "POST /v1/subscriptions/sub_1/rotate-secret {}",
      "POST /v1/subscriptions/sub_1/pause ",
    ]);
    expect(requests().map(({ headers }) => headers.authorization)).toEqual(
      Array(5).fill("Bearer cw_live_secret"),
    );
  });

  test.each(["", "..", ".", undefined])("an id %j is refused before anything is sent", async (id) => {
    await expect(client().subscriptions.remove(id as string)).rejects.toThrow(TypeError);
    expect(requests()).toEqual([]);
  });

  test("an answer without a body is nothing", async () => {
    answerWith({ status: 204 });
    expect(await client().subscriptions.remove("sub_1")).toBeUndefined();
  });
});

describe("errors", () => {
  test("a problem becomes a typed error that says where, and names neither key nor data", async () => {
    const problem = {
      type: "about:blank",
      title: "Unprocessable",
      status: 422,
      detail: "The body is not valid",
      code: "invalid_body",
      errors: [{ path: "url", message: "must be public https", code: "custom" }],
      request_id: "req_1",
    };
    answerWith(json(problem, 422));
    const error = await failure(client().subscriptions.create({ name: "patient x", url: "http://x" }));
    expect(error).toBeInstanceOf(CarewireApiError);
    expect(error).toMatchObject({
      name: "CarewireApiError",
      code: "invalid_body",
      status: 422,
      errors: problem.errors,
      requestId: "req_1",
      retryable: false,
      tries: 1,
    });
    expect(error.message).toBe(
      "POST /v1/subscriptions answered 422: The body is not valid: url must be public https",
    );
    expect(JSON.stringify(error)).not.toContain("cw_live");
  });

  test("what is no problem document is an error all the same", async () => {
    answerWith({ status: 404, body: "<html>" });
    expect(await failure(client().events.get("evt_1"))).toMatchObject({
      code: "http_404",
      status: 404,
      errors: [],
    });
    answerWith({ status: 200, body: "<html>" });
    expect(await failure(client().events.get("evt_1"))).toMatchObject({ code: "answer_not_json" });
  });

  test.each([
    [null, { code: "http_400", errors: [] }],
    [[1], { code: "http_400", errors: [] }],
    [
      { code: 7, errors: "x", detail: {} },
      { code: "http_400", errors: [] },
    ],
    [{ errors: [null, 5, { path: [] }] }, { errors: Array(3).fill({ path: "", message: "", code: "" }) }],
  ])("a hostile problem %j is an error like any other", async (problem, expected) => {
    answerWith(json(problem, 400));
    const error = await failure(client().events.get("evt_1"));
    expect(error).toMatchObject({ name: "CarewireApiError", status: 400, ...expected });
  });

  test("an error stays small, however much the answer says", async () => {
    answerWith(
      json(
        {
          code: "x".repeat(9_999),
          detail: "y".repeat(99_999),
          errors: Array(5_000).fill({ path: "z".repeat(99) }),
        },
        400,
      ),
    );
    const error = await failure(client().events.get("evt_1"));
    expect(error.message.length).toBeLessThan(2_100);
    expect(error.errors).toHaveLength(100);
  });
});

describe("retries", () => {
  test.each<[string, Answer]>([
    ["a lost connection", lost],
    ["503", busy],
    ["429", { status: 429 }],
  ])("publishing is repeated after %s, under one key", async (_, answer) => {
    answerWith(answer, answer, json({ id: "evt_1" }, 202));
    const published = await client().events.publish({
      type: "order.paid",
      data: { order_id: "o", customer_id: "c" },
    });
    expect(published.id).toBe("evt_1");
    const keys = requests().map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(3);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{16,255}$/);
    expect(new Set(keys).size).toBe(1);
    expect(new Set(requests().map(({ body }) => String(body))).size).toBe(1);
    expect(waits).toEqual([250, 500]);
  });

  test("two calls have two keys; a key of the caller's own is used", async () => {
    answerWith(json({ id: "evt_1" }, 202));
    const one = client();
    const event = { type: "order.paid", data: {} };
    await one.events.publish(event);
    await one.events.publish(event);
    await one.events.publishBatch({ events: [event] }, { idempotencyKey: "mine" });
    const keys = requests().map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe("mine");
  });

  test.each<[string, Answer]>([
    ["a lost connection", lost],
    ["503", busy],
    ["500", { status: 500 }],
  ])("what makes something new is not repeated after %s", async (_, answer) => {
    answerWith(answer, json({}, 201));
    const error = await failure(client().apiKeys.create({ name: "a", scopes: ["events:read"] }));
    expect(error.tries).toBe(1);
    expect(requests()).toHaveLength(1);
  });

  test("but after a 429, which says that nothing was done", async () => {
    answerWith({ status: 429, headers: { "retry-after": "1" } }, json({ id: "sub_1" }, 201));
    await client().subscriptions.create({ name: "a", url: "https://x.example" });
    expect(requests()).toHaveLength(2);
    expect(waits).toEqual([1_250]);
  });

  test("a deletion whose answer was lost has happened when the thing is gone", async () => {
    answerWith(lost, { status: 404 });
    expect(await client().subscriptions.remove("sub_1")).toBeUndefined();
    answerWith({ status: 404 });
    expect(await failure(client().subscriptions.remove("sub_1"))).toMatchObject({ status: 404 });
    answerWith({ status: 429 }, { status: 404 });
    expect(await failure(client().subscriptions.remove("sub_1"))).toMatchObject({ status: 404 });
  });

  test("it ends: four tries by default, a time limit for each, and a signal for all", async () => {
    answerWith(busy);
    expect(await failure(client().audit.verify())).toMatchObject({
      tries: 4,
      code: "http_503",
      retryable: true,
    });
    answerWith({ hang: true });
    const hanging = client({ triesMax: 2 }).events.get("evt_1", { timeoutMs: 60 });
    expect(await failure(hanging)).toMatchObject({ tries: 2, code: "timeout" });
    const stop = new AbortController();
    const left = client().events.get("evt_1", { signal: stop.signal });
    stop.abort(new Error("not needed any more"));
    await expect(left).rejects.toThrow("not needed any more");
  });
});

describe("lists", () => {
  const pageOf = (data: number[], next: string | null) =>
    json({ data, next_cursor: next, prev_cursor: null });

  test("awaited a list is a page; iterated over it is everything, page by page, with the same filters", async () => {
    answerWith(pageOf([1, 2], "c1"), pageOf([3], "c2"), pageOf([4], null));
    const list = client().deliveries.list({ status: "failed" });
    expect((await list).data).toEqual([1, 2]);
    expect(requests()).toHaveLength(1);
    const all = [];
    for await (const delivery of list) all.push(delivery);
    expect(all).toEqual([1, 2, 3, 4]);
    expect(requests().map(({ path }) => path)).toEqual([
      "/v1/deliveries?status=failed",
      "/v1/deliveries?status=failed&cursor=c1",
      "/v1/deliveries?status=failed&cursor=c2",
    ]);
  });

  test("pages that nobody asks for are not read", async () => {
    answerWith(pageOf([1, 2], "c1"), pageOf([3], null));
    for await (const attempt of client().deliveries.listAttempts("dlv_1")) if (Number(attempt) === 2) break;
    expect(requests()).toHaveLength(1);
    const sizes = [];
    answerWith(pageOf([1, 2], "c1"), pageOf([3], null));
    for await (const page of client().subscriptions.list().pages()) sizes.push(page.data.length);
    expect(sizes).toEqual([2, 1]);
  });

  test("a page that cannot be read ends the iteration with the error", async () => {
    answerWith(pageOf([1], "c1"), { status: 400 });
    const all: unknown[] = [];
    const reading = (async () => {
      for await (const event of client().events.list()) all.push(event);
    })();
    expect(await failure(reading)).toMatchObject({ status: 400 });
    expect(all).toEqual([1]);
  });
});

test("the client fetches details from the same host with the same key", async () => {
  answerWith(json({ status: "BK" }));
  const details = await client().fetchDetails({
    type: "appointment.created",
    data: { appointment_id: "a1" },
  });
  expect(details).toEqual({ status: "BK" });
  expect(requests()).toMatchObject([
    { path: "/dr/v1/business/appointments/a1", headers: { authorization: "Bearer cw_live_secret" } },
  ]);
});
