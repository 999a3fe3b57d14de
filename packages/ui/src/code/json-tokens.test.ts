import { describe, expect, it } from "vitest";
import { tokenizeJson } from "./json-tokens.ts";

describe("JSON text in pieces", () => {
  it.each([
    '{"a": "b\\"c", "n": -1.5e3, "t": true, "x": null}',
    "not json at all <script>alert(1)</script>",
    '"unfinished',
    "",
  ])("is the text again: %s", (text) => {
    expect(
      tokenizeJson(text)
        .map((token) => token.text)
        .join(""),
    ).toBe(text);
  });

  it("tells keys from values", () => {
    const kinds = tokenizeJson('{"a":"b","n":1,"t":true}')
      .filter((token) => token.kind !== "sign")
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual(['key "a"', 'string "b"', 'key "n"', "number 1", 'key "t"', "word true"]);
  });
});
