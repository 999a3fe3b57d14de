import { expect, test } from "vitest";
import { acceptsContentType } from "./content-type.ts";

test.each([
  ["application/json", true],
  ["application/json; charset=utf-8", true],
  ["Application/JSON;charset=UTF8", true],
  ['application/json; profile=x; charset="utf-8"', true],
  ["application/json; charset=latin1", false],
  ["application/json; charset=", false],
  ["application/jsonp", false],
  ["text/plain", false],
  ["", false],
  [undefined, false],
])("a Content-Type of %j is accepted: %s", (header, accepted) => {
  expect(acceptsContentType(header, ["application/json"])).toBe(accepted);
});
