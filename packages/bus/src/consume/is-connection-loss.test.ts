import { expect, test } from "vitest";
import { isConnectionLoss } from "./is-connection-loss.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });

test.each([
  "ANSWER_TIMEOUT",
  "CONNECTION_CLOSED",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "57P01",
  "53300",
  "08006",
])("%s says that the database is away, and nothing about the message", (code) => {
  expect(isConnectionLoss(withCode(code))).toBe(true);
  expect(isConnectionLoss(new AggregateError([withCode(code)]))).toBe(true);
});

test.each(["57014", "25P03", "23505", "ERR_ASSERTION"])("%s is the handler's own fault", (code) => {
  expect(isConnectionLoss(withCode(code))).toBe(false);
});
