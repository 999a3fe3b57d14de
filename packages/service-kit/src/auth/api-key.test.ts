import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiKeyOfHeader, createApiKey } from "./api-key.ts";

describe("an API key", () => {
  it("has 200 random bits, a shown prefix and a SHA-256 hash", () => {
    const { key, prefix, hash } = createApiKey(randomBytes);
    expect(key).toMatch(/^cw_live_[0-9a-hjkmnp-tv-z]{40}$/);
    expect(prefix).toBe(key.slice(0, 16));
    expect(hash).toEqual(createHash("sha256").update(key).digest());
  });

  it("is read back from an Authorization header, whatever the case of Bearer", () => {
    const { key } = createApiKey(randomBytes);
    expect(apiKeyOfHeader(`Bearer ${key}`)).toBe(key);
    expect(apiKeyOfHeader(`bearer  ${key}`)).toBe(key);
  });

  it.each([undefined, "", "Bearer", "Bearer ", "Basic abc", "Bearer cw_live_short", "Bearer sk_live_0123"])(
    "is not found in %j",
    (header) => {
      expect(apiKeyOfHeader(header)).toBeNull();
    },
  );

  it("is not found in arbitrary text", () => {
    fc.assert(fc.property(fc.string(), (text) => apiKeyOfHeader(`Bearer ${text}`) === null));
  });
});
