import type { Answer } from "@carewire/testkit";
import { describe, expect, test } from "vitest";
import { failureOf, useScriptedHost } from "../http/testing/scripted-host.ts";
import type { DetailsOptions } from "./details-options.ts";
import { createDetailsFetcher } from "./fetch-details.ts";

const host = useScriptedHost();
const created = { id: "evt_1", type: "appointment.created", data: { appointment_id: "appt_789" } };
const found = (body: unknown, headers = {}): Answer => ({
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const fetcher = (options: Partial<DetailsOptions> = {}) =>
  createDetailsFetcher({ baseUrl: host.url(), credentials: "cw_live_secret", ...host.tools, ...options });

describe("what is asked once", () => {
  test("50 callers about one event share a request, and get copies of their own", async () => {
    host.answerWith({ ...found({ list: [1] }), delayMs: 30 });
    const one = fetcher();
    const all = await Promise.all(Array.from({ length: 50 }, () => one.fetchDetails(created)));
    expect(host.requests()).toHaveLength(1);
    expect(all).toEqual(Array(50).fill({ list: [1] }));
    expect(new Set(all).size).toBe(50);
  });

  test("an event that comes while an earlier one is being looked up does not get what was read before it", async () => {
    const held = Promise.withResolvers<Answer>();
    host.answerWith(held.promise, found({ version: 2 }));
    const one = fetcher();
    const first = one.fetchDetails(created);
    await host.waitFor(1);
    const later = ["evt_2", "evt_3", "evt_4"].map((id) => one.fetchDetails({ ...created, id }));
    held.resolve(found({ version: 1 }));
    expect(await first).toEqual({ version: 1 });
    expect(await Promise.all(later)).toEqual(Array(3).fill({ version: 2 }));
    expect(host.requests()).toHaveLength(2);
  });

  test("an unchanged resource is not sent again, and what changed is", async () => {
    host.answerWith(found({ v: 1 }, { etag: '"1-a"' }), { status: 304 }, found({ v: 2 }, { etag: '"2-b"' }), {
      status: 304,
    });
    const one = fetcher();
    const seen = [];
    for (let n = 0; n < 4; n++) seen.push(await one.fetchDetails(created));
    expect(seen).toEqual([{ v: 1 }, { v: 1 }, { v: 2 }, { v: 2 }]);
    const tags = host.requests().map(({ headers }) => headers["if-none-match"]);
    expect(tags).toEqual([undefined, '"1-a"', '"1-a"', '"2-b"']);
  });

  test("what is gone or forbidden now is not kept", async () => {
    host.answerWith(found({ v: 1 }, { etag: '"1"' }), { status: 404 }, found({ v: 2 }));
    const one = fetcher();
    for (let n = 0; n < 3; n++) await one.fetchDetails(created);
    expect(host.requests().at(-1)?.headers["if-none-match"]).toBeUndefined();
  });

  test("a token is asked for once, kept while it is good, and replaced when it is refused", async () => {
    let now = 0;
    let given = 0;
    const credentials = async () => ({ token: `t${++given}`, expiresInSeconds: 600 });
    const bearer = () => host.requests().map(({ headers }) => headers.authorization);
    host.answerWith(found({}));
    const one = fetcher({ credentials, now: () => now });
    await Promise.all(
      ["1", "2", "3"].map((id) =>
        one.fetchDetails({ type: "appointment.created", data: { appointment_id: id } }),
      ),
    );
    now = 580_000;
    await one.fetchDetails(created);
    expect(bearer()).toEqual(["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2"]);
    host.answerWith({ status: 401 }, found({}));
    await one.fetchDetails(created);
    host.answerWith({ status: 401 });
    expect(await failureOf(one.fetchDetails(created))).toMatchObject({ status: 401 });
    expect(bearer().slice(4)).toEqual(["Bearer t2", "Bearer t3", "Bearer t3", "Bearer t4"]);
  });
});

describe("giving up", () => {
  test("one caller leaves with its reason, the others get the answer", async () => {
    host.answerWith({ ...found({ ok: 1 }), delayMs: 40 });
    const one = fetcher();
    const stop = new AbortController();
    const leaving = one.fetchDetails(created, { signal: stop.signal });
    const staying = one.fetchDetails(created);
    stop.abort(new Error("the deadline"));
    await expect(leaving).rejects.toThrow("the deadline");
    expect(await staying).toEqual({ ok: 1 });
    expect(host.requests()).toHaveLength(1);
  });

  test("when nobody waits any more, neither request nor retries go on", async () => {
    host.answerWith({ status: 503 });
    const stop = new AbortController();
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const one = fetcher({ sleep });
    const leaving = one.fetchDetails(created, { signal: stop.signal });
    await host.waitFor(1);
    stop.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    await expect(one.fetchDetails(created, { signal: stop.signal })).rejects.toThrow("gone");
    host.answerWith(found({ fresh: true }));
    expect(await one.fetchDetails(created)).toEqual({ fresh: true });
    expect(host.requests()).toHaveLength(2);
  });
});
