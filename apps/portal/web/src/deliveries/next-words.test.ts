import { deliveryStatuses } from "@carewire/contracts";
import { expect, test } from "vitest";
import { nextWords } from "./next-words.ts";

const nowMs = Date.UTC(2026, 10, 21);
const later = new Date(nowMs + 60_000).toISOString();
const earlier = new Date(nowMs - 60_000).toISOString();
const standing = { status: "retrying", next_retry_at: null, waiting_for: null } as const;

test.each(deliveryStatuses.filter((status) => status !== "delivered"))(
  "%s says what happens next",
  (status) => {
    expect(nextWords({ ...standing, status }, nowMs)?.text).toMatch(/\.$/);
  },
);

test("what arrived needs no words", () => {
  expect(nextWords({ ...standing, status: "delivered" }, nowMs)).toBeNull();
});

test("a retry says when it is, and, past that, what holds it back", () => {
  expect(nextWords({ ...standing, next_retry_at: later }, nowMs)).toEqual({
    text: "It is tried again",
    at: later,
  });
  expect(nextWords({ ...standing, next_retry_at: earlier }, nowMs)).toMatchObject({
    text: expect.stringContaining("circuit breaker"),
    at: earlier,
  });
});
