import type { Answer } from "@carewire/testkit";
import { describe, expect, test } from "vitest";
import { CarewireApiError } from "../http/api-error.ts";
import { failureOf, useScriptedHost } from "../http/testing/scripted-host.ts";
import type { ClientOptions } from "./client-options.ts";
import { createClient } from "./create-client.ts";

const host = useScriptedHost();
const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) });

const client = (options: Partial<ClientOptions> = {}) =>
  createClient({ baseUrl: `${host.url()}/`, apiKey: "cw_live_secret", ...host.tools, ...options });

describe("requests", () => {
  test("parts of the path, query and body go where they belong", async () => {
    host.answerWith(json({}));
    const one = client();
    await one.subscriptions.update("sub/1 ?", { name: "changed" });
    await one.deliveries.list({ status: "failed", limit: 5, type: undefined });
    await one.resources.get("lab result", "a&b");
    await one.subscriptions.rotateSecret("sub_1");
    await one.subscriptions.pause("sub_1");
    const seen = host.requests().map(({ method, path, body }) => `${method} ${path} ${body}`);
    expect(seen).toEqual([
      'PATCH /v1/subscriptions/sub%2F1%20%3F {"name":"changed"}',
      "GET /v1/deliveries?status=failed&limit=5 ",
      "GET /v1/resources/lab%20result/a%26b ",
      "POST /v1/subscriptions/sub_1/rotate-secret {}",
      "POST /v1/subscriptions/sub_1/pause ",
    ]);
    expect(host.requests().map(({ headers }) => headers.authorization)).toEqual(
      Array(5).fill("Bearer cw_live_secret"),
    );
  });

  test.each(["", "..", ".", undefined])("an id %j is refused before anything is sent", async (id) => {
    await expect(client().subscriptions.remove(id as string)).rejects.toThrow(TypeError);
    expect(host.requests()).toEqual([]);
  });

  test("an answer without a body is nothing", async () => {
    host.answerWith({ status: 204 });
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
    host.answerWith(json(problem, 422));
    const error = await failureOf(client().subscriptions.create({ name: "patient x", url: "http://x" }));
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
    host.answerWith({ status: 404, body: "<html>" });
    expect(await failureOf(client().events.get("evt_1"))).toMatchObject({
      code: "http_404",
      status: 404,
      errors: [],
    });
    host.answerWith({ status: 200, body: "<html>" });
    expect(await failureOf(client().events.get("evt_1"))).toMatchObject({ code: "answer_not_json" });
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
    host.answerWith(json(problem, 400));
    const error = await failureOf(client().events.get("evt_1"));
    expect(error).toMatchObject({ name: "CarewireApiError", status: 400, ...expected });
  });

  test("an error stays small, however much the answer says", async () => {
    host.answerWith(
      json(
        {
          code: "x".repeat(9_999),
          detail: "y".repeat(99_999),
          errors: Array(5_000).fill({ path: "z".repeat(99) }),
        },
        400,
      ),
    );
    const error = await failureOf(client().events.get("evt_1"));
    expect(error.message.length).toBeLessThan(2_100);
    expect(error.errors).toHaveLength(100);
  });
});

describe("lists", () => {
  const pageOf = (data: number[], next: string | null) =>
    json({ data, next_cursor: next, prev_cursor: null });

  test("awaited a list is a page; iterated over it is everything, page by page, with the same filters", async () => {
    host.answerWith(pageOf([1, 2], "c1"), pageOf([3], "c2"), pageOf([4], null));
    const list = client().deliveries.list({ status: "failed" });
    expect((await list).data).toEqual([1, 2]);
    expect(host.requests()).toHaveLength(1);
    const all = [];
    for await (const delivery of list) all.push(delivery);
    expect(all).toEqual([1, 2, 3, 4]);
    expect(host.requests().map(({ path }) => path)).toEqual([
      "/v1/deliveries?status=failed",
      "/v1/deliveries?status=failed&cursor=c1",
      "/v1/deliveries?status=failed&cursor=c2",
    ]);
  });

  test("pages that nobody asks for are not read", async () => {
    host.answerWith(pageOf([1, 2], "c1"), pageOf([3], null));
    for await (const attempt of client().deliveries.listAttempts("dlv_1")) if (Number(attempt) === 2) break;
    expect(host.requests()).toHaveLength(1);
    const sizes = [];
    host.answerWith(pageOf([1, 2], "c1"), pageOf([3], null));
    for await (const page of client().subscriptions.list().pages()) sizes.push(page.data.length);
    expect(sizes).toEqual([2, 1]);
  });

  test("a page that cannot be read ends the iteration with the error", async () => {
    host.answerWith(pageOf([1], "c1"), { status: 400 });
    const all: unknown[] = [];
    const reading = (async () => {
      for await (const event of client().events.list()) all.push(event);
    })();
    expect(await failureOf(reading)).toMatchObject({ status: 400 });
    expect(all).toEqual([1]);
  });
});

test("the client fetches details from the same host with the same key", async () => {
  host.answerWith(json({ status: "BK" }));
  const details = await client().fetchDetails({
    type: "appointment.created",
    data: { appointment_id: "a1" },
  });
  expect(details).toEqual({ status: "BK" });
  expect(host.requests()).toMatchObject([
    { path: "/dr/v1/business/appointments/a1", headers: { authorization: "Bearer cw_live_secret" } },
  ]);
});
