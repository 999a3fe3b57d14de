import { describe, expect, it } from "vitest";
import { checkPayload, formatPayload, isJsonLetter } from "./check-payload.ts";

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

  it.each([
    ["an event's", "evt_1", "text/plain", true],
    ["a JSON request's", null, "application/webhook+json", true],
    ["a request's that is not kept any more", null, undefined, true],
    ["a form's", null, "application/x-www-form-urlencoded", false],
    ["an HL7 message's", null, "x-application/hl7-v2+er7; charset=utf-8", false],
  ])("%s is JSON or not", (_name, event_id, contentType, isJson) => {
    const headers = { "content-type": contentType };
    const request = {
      id: "inr_1",
      provider: "x",
      reason: null,
      headers,
      received_at: "2026-01-01T00:00:00Z",
    };
    expect(isJsonLetter({ event_id, inbound_request: request })).toBe(isJson);
  });

  it("may be any text where it is no JSON, but not nothing", () => {
    expect(checkPayload("MSH|^~", { isJson: false }).fault).toBeNull();
    expect(checkPayload(" ", { isJson: false }).fault).not.toBeNull();
  });
});
