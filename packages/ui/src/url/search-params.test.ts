import { describe, expect, it } from "vitest";
import { plainSearch, textSearch, withFilters } from "./search-params.ts";

describe("filters in the address", () => {
  const validate = textSearch("cause", "cursor");

  it("are texts under known names, and nothing else", () => {
    expect(validate({ cause: "schema", cursor: 12, topic: "x", extra: {} })).toEqual({
      cause: "schema",
      cursor: "12",
    });
    expect(validate({ cause: { a: 1 }, cursor: "" })).toEqual({});
    expect(validate({ cause: "x".repeat(513) })).toEqual({});
  });

  it("start at the first page when they change", () => {
    const search: { cause?: string; cursor?: string } = { cause: "schema", cursor: "abc" };
    expect(withFilters(search, { cause: "poison" })).toEqual({ cause: "poison" });
    expect(withFilters(search, { cause: null })).toEqual({});
    expect(withFilters(search, { cursor: "next" })).toEqual({ cause: "schema", cursor: "next" });
  });

  it("read as they were written, whatever is in them", () => {
    const search = { error: 'a&b="c" <d>', topic: "cari.order.*", number: "007" };
    expect(plainSearch.parseSearch(plainSearch.stringifySearch(search))).toEqual(search);
    expect(plainSearch.stringifySearch({ cause: undefined })).toBe("");
  });
});
