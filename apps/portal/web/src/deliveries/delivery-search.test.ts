import { expect, test } from "vitest";
import { momentOf, periods, readPage, replayFilterOf, sinceChoices } from "./delivery-search.ts";

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 42);

test("a time back from now is a moment, a moment is itself", () => {
  expect(momentOf("24h", nowMs)).toBe("2026-11-20T12:00:00.000Z");
  expect(momentOf("2026-01-01T00:00:00Z", nowMs)).toBe("2026-01-01T00:00:00Z");
  expect(momentOf(undefined, nowMs)).toBeUndefined();
});

test("a page says since when it is, so that its cursors can be sent with that moment", async () => {
  const page = await readPage("24h", async (since) => ({ next_cursor: `of ${since}` }));
  expect(page.next_cursor).toBe(`of ${page.since}`);
  expect(await readPage(page.since, async (since) => ({ asked: since }))).toMatchObject({
    asked: page.since,
  });
});

test("whatever the address says of the time can be chosen", () => {
  expect(sinceChoices(undefined)).toBe(periods);
  expect(sinceChoices("24h")).toBe(periods);
  for (const since of ["2026-11-20T12:00:00.000Z", "no moment"]) {
    expect(sinceChoices(since).at(-1)).toMatchObject({
      value: since,
      label: expect.stringMatching(/^Since /),
    });
  }
});

test("a replay is of what the list shows, nothing more", () => {
  const search = {
    cursor: "c",
    subscription_id: "sub_1",
    status: "failed",
    response_class: "5xx",
    since: "1h",
  };
  expect(replayFilterOf(search, nowMs)).toEqual({
    ok: true,
    filter: {
      subscription_id: "sub_1",
      status: "failed",
      response_class: "5xx",
      since: "2026-11-21T11:00:00.000Z",
    },
  });
});

test.each([{ status: "held" }, { status: "retrying" }, { event_id: "evt_1" }, { trigger: "test" }])(
  "a list of %o cannot be replayed as a whole, and says why",
  (search) => expect(replayFilterOf(search, nowMs)).toMatchObject({ ok: false, why: expect.any(String) }),
);
