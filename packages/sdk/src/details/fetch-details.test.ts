import type { Answer } from "@carewire/testkit";
import { describe, expect, test } from "vitest";
import { CarewireApiError } from "../http/api-error.ts";
import { failureOf, useScriptedHost } from "../http/testing/scripted-host.ts";
import type { DetailsOptions } from "./details-options.ts";
import { createDetailsFetcher } from "./fetch-details.ts";
import { ekaPaths } from "./resource-paths.ts";

const host = useScriptedHost();
const created = { id: "evt_1", type: "appointment.created", data: { appointment_id: "appt_789" } };
const found = (body: unknown, headers = {}): Answer => ({
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const fetcher = (options: Partial<DetailsOptions> = {}) =>
  createDetailsFetcher({ baseUrl: host.url(), credentials: "cw_live_secret", ...host.tools, ...options });

describe("what is asked for", () => {
  test.each([
    ["appointment.cancelled", { appointment_id: "a/b ?" }, "/dr/v1/business/appointments/a%2Fb%20%3F"],
    ["appointment.updated", { appointment_id: "../x" }, "/dr/v1/business/appointments/..%2Fx"],
    ["prescription.created", { prescription_id: "rx_1" }, "/dr/v1/business/prescription/rx_1"],
    ["prescription.updated", { rx_id: 77 }, "/dr/v1/business/prescription/77"],
  ])("%s of %j is at %s", async (type, data, path) => {
    host.answerWith(found({ status: "BK" }));
    expect(await fetcher().fetchDetails({ id: "evt_9", type, data })).toEqual({ status: "BK" });
    expect(host.requests()).toMatchObject([
      { method: "GET", path, headers: { authorization: "Bearer cw_live_secret" } },
    ]);
  });

  test("the audit trail is told which message led there, when its id may be sent", async () => {
    host.answerWith(found({}));
    await fetcher().fetchDetails(created);
    await fetcher().fetchDetails({ ...created, id: "not\nan id" });
    expect(host.requests().map(({ headers }) => headers["carewire-delivery"])).toEqual(["evt_1", undefined]);
  });

  test("an Eka Care host is asked at its own paths, with its headers", async () => {
    host.answerWith(found({ a: 1 }));
    const eka = fetcher({
      paths: ekaPaths,
      headers: { "client-id": "clinic" },
      baseUrl: `${host.url()}/eka/`,
    });
    expect(await eka.fetchDetails(created)).toEqual({ a: 1 });
    expect(host.requests()).toMatchObject([
      { path: "/eka/dr/v1/appointment/appt_789", headers: { "client-id": "clinic" } },
    ]);
  });

  test("nothing, for types that have no details", async () => {
    const event = { type: "order.paid", data: { order_id: "o" } };
    expect(await fetcher().fetchDetails(event)).toBeNull();
    expect(await fetcher().fetchDetails({ type: "toString", data: {} })).toBeNull();
    expect(host.requests()).toEqual([]);
  });

  test.each([
    {},
    null,
    "text",
    { appointment_id: "" },
    { appointment_id: 1.5 },
    { appointment_id: "\ud800" },
  ])("data %j names no appointment: the error says which field is missing", async (data) => {
    const error = await failureOf(fetcher().fetchDetails({ type: "appointment.created", data }));
    expect(error).toBeInstanceOf(CarewireApiError);
    expect(error.code).toBe("resource_id_missing");
    expect(error.message).toContain("appointment_id");
    expect(host.requests()).toEqual([]);
  });
});

describe("answers", () => {
  test("404 is null, and not asked twice", async () => {
    host.answerWith({ status: 404 });
    expect(await fetcher().fetchDetails(created)).toBeNull();
    expect(host.requests()).toHaveLength(1);
  });

  test("403 is an error with the API's code and request id, not tried again, and holds no id and no key", async () => {
    const problem = {
      title: "Forbidden",
      detail: "the key lacks resources:read",
      code: "insufficient_scope",
      request_id: "req_7",
    };
    host.answerWith({ status: 403, body: JSON.stringify(problem) });
    const error = await failureOf(fetcher().fetchDetails(created));
    expect(error).toBeInstanceOf(CarewireApiError);
    expect(error).toMatchObject({
      status: 403,
      code: "insufficient_scope",
      requestId: "req_7",
      retryable: false,
    });
    expect(error.message).toContain("lacks resources:read");
    expect(error.message).not.toMatch(/appt_789|cw_live/);
    expect(host.requests()).toHaveLength(1);
  });

  test("a body that is no JSON and a redirect are errors", async () => {
    host.answerWith({ body: "<html>" });
    expect(await failureOf(fetcher().fetchDetails(created))).toMatchObject({ code: "answer_not_json" });
    host.answerWith({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
    expect(await failureOf(fetcher().fetchDetails(created))).toMatchObject({
      code: "redirected",
      status: 302,
    });
  });

  test("an answer without end is cut off", async () => {
    host.answerWith({ body: "x".repeat(4 * 1024 * 1024 + 1) });
    expect(await failureOf(fetcher().fetchDetails(created))).toMatchObject({ code: "answer_too_large" });
  });
});

describe("retries", () => {
  test.each<[string, Answer]>([
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["a broken connection", { destroy: true }],
  ])("%s is tried three times in all, with jitter up to a doubling bound", async (_, answer) => {
    host.answerWith(answer, answer, found({ late: true }));
    expect(await fetcher().fetchDetails(created)).toEqual({ late: true });
    expect(host.requests()).toHaveLength(3);
    expect(host.waits()).toEqual([125, 250]);
  });

  test("after the third it is an error that says so", async () => {
    host.answerWith({ status: 503 });
    const error = await failureOf(fetcher().fetchDetails(created));
    expect(error).toMatchObject({ status: 503, code: "http_503", retryable: true, tries: 3 });
    expect(host.requests()).toHaveLength(3);
  });

  test("each try has a time limit of its own", async () => {
    host.answerWith({ hang: true }, found({ ok: 1 }));
    expect(await fetcher({ timeoutMs: 1_000 }).fetchDetails(created)).toEqual({ ok: 1 });
    host.answerWith({ hang: true });
    const error = await failureOf(fetcher({ timeoutMs: 50, triesMax: 2 }).fetchDetails(created));
    expect(error).toMatchObject({ code: "timeout", status: null, tries: 2, retryable: true });
  });

  test("Retry-After is waited for, in seconds or as a date, and given up on when it is too long", async () => {
    const now = () => Date.parse("2026-11-21T10:00:00Z");
    const at = "Sat, 21 Nov 2026 10:00:04 GMT";
    host.answerWith(
      { status: 429, headers: { "retry-after": "2" } },
      { status: 503, headers: { "retry-after": at } },
      found(1),
    );
    await fetcher({ now }).fetchDetails(created);
    expect(host.waits()).toEqual([2_125, 4_250]);
    host.answerWith({ status: 429, headers: { "retry-after": "3600" } });
    const error = await failureOf(fetcher().fetchDetails(created));
    expect(error).toMatchObject({ status: 429, tries: 1, retryAfterMs: 3_600_000 });
  });
});

test.each(["ftp://x", "nothing", "http://user:pw@host", "http://host/?a=1"])(
  "%s is no base URL",
  (baseUrl) => {
    expect(() => fetcher({ baseUrl })).toThrow(/baseUrl/);
  },
);
