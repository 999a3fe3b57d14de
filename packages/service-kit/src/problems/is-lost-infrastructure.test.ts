import { expect, it } from "vitest";
import { isLostInfrastructure } from "./is-lost-infrastructure.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });

it.each([
  "ECONNREFUSED",
  "CONNECTION_CLOSED",
  "ANSWER_TIMEOUT",
  "CONNECT_TIMEOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "ENOTFOUND",
  "57P01",
  "57P03",
  "53300",
  "53100",
  "08006",
  "25006",
])("takes %s for lost infrastructure", (code) => {
  expect(isLostInfrastructure(withCode(code))).toBe(true);
});

it.each(["23505", "42P01", "22P02", "40001", "UNDEFINED_VALUE"])(
  "takes %s for a matter of the statement",
  (code) => {
    expect(isLostInfrastructure(withCode(code))).toBe(false);
  },
);

it("looks into aggregates, and does not mind what else is thrown", () => {
  expect(isLostInfrastructure(new AggregateError([withCode("ECONNREFUSED")]))).toBe(true);
  expect(isLostInfrastructure(new AggregateError([new Error("x")]))).toBe(false);
  expect(isLostInfrastructure("ECONNREFUSED")).toBe(false);
  expect(isLostInfrastructure(null)).toBe(false);
});
