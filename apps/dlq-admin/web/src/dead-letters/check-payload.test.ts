import { describe, expect, it } from "vitest";
import { checkPayload, formatPayload } from "./check-payload.ts";

describe("an edited payload", () => {
  it.each([["{}"], ['{"a": [1, {"b": null}]}']])("%s is one", (text) => {
    expect(checkPayload(text).fault).toBeNull();
  });

  it.each([["[]"], ["null"], ['"text"'], ["12"]])("%s is JSON, but none", (text) => {
    expect(checkPayload(text).fault).toMatch(/object/);
  });

  it("that is no JSON says where to look", () => {
    expect(checkPayload('{\n  "a": 1,\n  b: 2\n}').fault).toMatch(/line 3, column 3/);
    expect(checkPayload('{"a": 1').fault).not.toBeNull();
  });

  it("is indented without changing what it says", () => {
    expect(formatPayload('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(formatPayload('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
    expect(formatPayload("not json")).toBe("not json");
  });
});
