import type { Sql } from "@carewire/db";
import { newId } from "@carewire/envelope";
import { createFakeClock } from "@carewire/testkit";
import { expect, test } from "vitest";
import { type PrepareDeps, prepareEvents } from "./prepare-events.ts";

test("a batch gets so much of the process for its schemas and no more, a slice at a time; what is left is refused one by one", async () => {
  const clock = createFakeClock(Date.parse("2026-11-20T12:00:00Z"));
  let [checked, turns] = [0, 0];
  const deps: PrepareDeps = {
    // None of these events asks the database.
    sql: undefined as unknown as Sql,
    clock,
    typeSchemas: {
      find: async () => ({
        check: () => {
          checked += 1;
          clock.advance(150);
          return { outcome: "valid" };
        },
      }),
      forget: () => {},
    },
    nextTurn: async () => {
      turns += 1;
      // Others work meanwhile, which costs this batch nothing.
      clock.advance(10_000);
    },
  };
  const principal = { organizationId: newId(clock.now()), accountId: null } as never;
  const event = (type: string) => {
    const body = { type, data: {} };
    return { body, raw: Buffer.from(JSON.stringify(body)), fallbackKey: null, traceparent: null };
  };
  const prepared = await prepareEvents(
    deps,
    principal,
    Array.from({ length: 40 }, () => event("clinic.visit")),
  );
  expect(checked).toBe(34);
  expect(turns).toBeGreaterThanOrEqual(33);
  expect(prepared.slice(0, 34).every(({ ok }) => ok)).toBe(true);
  for (const refused of prepared.slice(34)) {
    expect(refused).toMatchObject({
      ok: false,
      code: "validation_failed",
      details: { errors: [{ path: "data", code: "too_costly" }] },
    });
  }
});
