import { type Answer, type Receiver, startReceiver } from "@carewire/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CarewireApiError } from "../http/api-error.ts";
import type { DetailsOptions } from "./details-options.ts";
import { createDetailsFetcher } from "./fetch-details.ts";
import { ekaPaths } from "./resource-paths.ts";

let host: Receiver;
let waits: number[];
let before = 0;

const created = { id: "evt_1", type: "appointment.created", data: { appointment_id: "appt_789" } };
const found = (body: unknown, headers = {}): Answer => ({
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

const fetcher = (options: Partial<DetailsOptions> = {}) =>
  createDetailsFetcher({
    baseUrl: host.url,
    credentials: "cw_live_secret",
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
    ...options,
  });

/** Answers one after the other; the last one for all that follow. */
function answerWith(...answers: Answer[]): void {
  let n = 0;
  host.answer(() => answers[Math.min(n++, answers.length - 1)] as Answer);
}

const requests = () => host.requests().slice(before);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error("it succeeded")),
    (error: CarewireApiError) => error,
  );

beforeAll(async () => {
  host = await startReceiver();
});
afterAll(() => host.close());
beforeEach(() => {
  waits = [];
  before = host.requests().length;
});

describe("what is asked for", () => {
  test.each([
    ["appointment.cancelled", { appointment_id: "a/b ?" }, "/dr/v1/business/appointments/a%2Fb%20%3F"],
    ["appointment.updated", { appointment_id: "../x" }, "/dr/v1/business/appointments/..%2Fx"],
    ["prescription.created", { prescription_id: "rx_1" }, "/dr/v1/business/prescription/rx_1"],
    ["prescription.updated", { rx_id: 77 }, "/dr/v1/business/prescription/77"],
  ])("%s of %j is at %s", async (type, data, path) => {
    answerWith(found({ status: "BK" }));
    expect(await fetcher().fetchDetails({ id: "evt_9", type, data })).toEqual({ status: "BK" });
    expect(requests()).toMatchObject([
      { method: "GET", path, headers: { authorization: "Bearer cw_live_secret" } },
    ]);
  });

  test("the audit trail is told which message led there, when its id may be sent", async () => {
    answerWith(found({}));
    await fetcher().fetchDetails(created);
    await fetcher().fetchDetails({ ...created, id: "not\nan id" });
    expect(requests().map(({ headers }) => headers["carewire-delivery"])).toEqual(["evt_1", undefined]);
  });

  test("an Eka Care host is asked at its own paths, with its headers", async () => {
    answerWith(found({ a: 1 }));
    const eka = fetcher({ paths: ekaPaths, headers: { "client-id": "clinic" }, baseUrl: `${host.url}/eka/` });
    expect(await eka.fetchDetails(created)).toEqual({ a: 1 });
    expect(requests()).toMatchObject([
      { path: "/eka/dr/v1/appointment/appt_789", headers: { "client-id": "clinic" } },
    ]);
  });

  test("nothing, for types that have no details", async () => {
    const event = { type: "order.paid", data: { order_id: "o" } };
    expect(await fetcher().fetchDetails(event)).toBeNull();
    expect(await fetcher().fetchDetails({ type: "toString", data: {} })).toBeNull();
    expect(requests()).toEqual([]);
  });

  test.each([
    {},
    null,
    "text",
    { appointment_id: "" },
    { appointment_id: 1.5 },
    { appointment_id: "\ud800" },
  ])("data %j names no appointment: the error says which field is missing", async (data) => {
    const error = await failure(fetcher().fetchDetails({ type: "appointment.created", data }));
    expect(error).toBeInstanceOf(CarewireApiError);
    expect(error.code).toBe("resource_id_missing");
    expect(error.message).toContain("appointment_id");
    expect(requests()).toEqual([]);
  });
});

describe("answers", () => {
  test("404 is null, and not asked twice", async () => {
    answerWith({ status: 404 });
    expect(await fetcher().fetchDetails(created)).toBeNull();
    expect(requests()).toHaveLength(1);
  });

  test("403 is an error with the API's code and request id, not tried again, and holds no id and no key", async () => {
    const problem = {
      title: "Forbidden",
      detail: "the key lacks resources:read",
      code: "insufficient_scope",
      request_id: "req_7",
    };
    answerWith({ status: 403, body: JSON.stringify(problem) });
    const error = await failure(fetcher().fetchDetails(created));
    expect(error).toBeInstanceOf(CarewireApiError);
    expect(error).toMatchObject({
      status: 403,
      code: "insufficient_scope",
      requestId: "req_7",
      retryable: false,
    });
    expect(error.message).toContain("lacks resources:read");
    expect(error.message).not.toMatch(/appt_789|cw_live/);
    expect(requests()).toHaveLength(1);
  });

  test("a body that is no JSON and a redirect are errors", async () => {
    answerWith({ body: "<html>" });
    expect(await failure(fetcher().fetchDetails(created))).toMatchObject({ code: "answer_not_json" });
    answerWith({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
    expect(await failure(fetcher().fetchDetails(created))).toMatchObject({ code: "redirected", status: 302 });
  });

  test("an answer without end is cut off", async () => {
    answerWith({ body: "x".repeat(4 * 1024 * 1024 + 1) });
    expect(await failure(fetcher().fetchDetails(created))).toMatchObject({ code: "answer_too_large" });
  });
});

describe("retries", () => {
  test.each<[string, Answer]>([
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["a broken connection", { destroy: true }],
  ])("%s is tried three times in all, with jitter up to a doubling bound", async (_, answer) => {
    answerWith(answer, answer, found({ late: true }));
    expect(await fetcher().fetchDetails(created)).toEqual({ late: true });
    expect(requests()).toHaveLength(3);
    expect(waits).toEqual([125, 250]);
  });

  test("after the third it is an error that says so", async () => {
    answerWith({ status: 503 });
    const error = await failure(fetcher().fetchDetails(created));
    expect(error).toMatchObject({ status: 503, code: "http_503", retryable: true, tries: 3 });
    expect(requests()).toHaveLength(3);
  });

  test("each try has a time limit of its own", async () => {
    answerWith({ hang: true }, found({ ok: 1 }));
    expect(await fetcher({ timeoutMs: 150 }).fetchDetails(created)).toEqual({ ok: 1 });
    answerWith({ hang: true });
    const error = await failure(fetcher({ timeoutMs: 50, triesMax: 2 }).fetchDetails(created));
    expect(error).toMatchObject({ code: "timeout", status: null, tries: 2, retryable: true });
  });

  test("Retry-After is waited for, in seconds or as a date, and given up on when it is too long", async () => {
    const now = () => Date.parse("2026-11-21T10:00:00Z");
    const at = "Sat, 21 Nov 2026 10:00:04 GMT";
    answerWith(
      { status: 429, headers: { "retry-after": "2" } },
      { status: 503, headers: { "retry-after": at } },
      found(1),
    );
    await fetcher({ now }).fetchDetails(created);
    expect(waits).toEqual([2_125, 4_250]);
    answerWith({ status: 429, headers: { "retry-after": "3600" } });
    const error = await failure(fetcher().fetchDetails(created));
    expect(error).toMatchObject({ status: 429, tries: 1, retryAfterMs: 3_600_000 });
  });
});

describe("what is asked once", () => {
  test("50 callers about one event share a request, and get copies of their own", async () => {
    answerWith({ ...found({ list: [1] }), delayMs: 30 });
    const one = fetcher();
    const all = await Promise.all(Array.from({ length: 50 }, () => one.fetchDetails(created)));
    expect(requests()).toHaveLength(1);
    expect(all).toEqual(Array(50).fill({ list: [1] }));
    expect(new Set(all).size).toBe(50);
  });

  test("an event that comes while an earlier one is being looked up does not get what was read before it", async () => {
    answerWith({ ...found({ version: 1 }), delayMs: 30 }, found({ version: 2 }));
    const one = fetcher();
    const first = one.fetchDetails(created);
    await host.waitFor(before + 1);
    const later = ["evt_2", "evt_3", "evt_4"].map((id) => one.fetchDetails({ ...created, id }));
    expect(await first).toEqual({ version: 1 });
    expect(await Promise.all(later)).toEqual(Array(3).fill({ version: 2 }));
    expect(requests()).toHaveLength(2);
  });

  test("an unchanged resource is not sent again, and what changed is", async () => {
    answerWith(found({ v: 1 }, { etag: '"1-a"' }), { status: 304 }, found({ v: 2 }, { etag: '"2-b"' }), {
      status: 304,
    });
    const one = fetcher();
    const seen = [];
    for (let n = 0; n < 4; n++) seen.push(await one.fetchDetails(created));
    expect(seen).toEqual([{ v: 1 }, { v: 1 }, { v: 2 }, { v: 2 }]);
    const tags = requests().map(({ headers }) => headers["if-none-match"]);
    expect(tags).toEqual([undefined, '"1-a"', '"1-a"', '"2-b"']);
  });

  test("what is gone or forbidden now is not kept", async () => {
    answerWith(found({ v: 1 }, { etag: '"1"' }), { status: 404 }, found({ v: 2 }));
    const one = fetcher();
    for (let n = 0; n < 3; n++) await one.fetchDetails(created);
    expect(requests().at(-1)?.headers["if-none-match"]).toBeUndefined();
  });

  test("a token is asked for once, kept while it is good, and replaced when it is refused", async () => {
    let now = 0;
    let given = 0;
    const credentials = async () => ({ token: `t${++given}`, expiresInSeconds: 600 });
    const bearer = () => requests().map(({ headers }) => headers.authorization);
    answerWith(found({}));
    const one = fetcher({ credentials, now: () => now });
    await Promise.all(
      ["1", "2", "3"].map((id) =>
        one.fetchDetails({ type: "appointment.created", data: { appointment_id: id } }),
      ),
    );
    now = 580_000;
    await one.fetchDetails(created);
    expect(bearer()).toEqual(["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2"]);
    answerWith({ status: 401 }, found({}));
    await one.fetchDetails(created);
    answerWith({ status: 401 });
    expect(await failure(one.fetchDetails(created))).toMatchObject({ status: 401 });
    expect(bearer().slice(4)).toEqual(["Bearer t2", "Bearer t3", "Bearer t3", "Bearer t4"]);
  });
});

describe("giving up", () => {
  test("one caller leaves with its reason, the others get the answer", async () => {
    answerWith({ ...found({ ok: 1 }), delayMs: 40 });
    const one = fetcher();
    const stop = new AbortController();
    const leaving = one.fetchDetails(created, { signal: stop.signal });
    const staying = one.fetchDetails(created);
    stop.abort(new Error("the deadline"));
    await expect(leaving).rejects.toThrow("the deadline");
    expect(await staying).toEqual({ ok: 1 });
    expect(requests()).toHaveLength(1);
  });

  test("when nobody waits any more, neither request nor retries go on", async () => {
    answerWith({ status: 503 });
    const stop = new AbortController();
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const one = fetcher({ sleep });
    const leaving = one.fetchDetails(created, { signal: stop.signal });
    await host.waitFor(before + 1);
    stop.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    await expect(one.fetchDetails(created, { signal: stop.signal })).rejects.toThrow("gone");
    answerWith(found({ fresh: true }));
    expect(await one.fetchDetails(created)).toEqual({ fresh: true });
    expect(requests()).toHaveLength(2);
  });
});

test.each(["ftp://x", "nothing", "http://user:pw@host", "http://host/?a=1"])(
  "%s is no base URL",
  (baseUrl) => {
    expect(() => fetcher({ baseUrl })).toThrow(/baseUrl/);
  },
);
