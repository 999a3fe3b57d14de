import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createApiKey } from "./api-key.ts";

it("an API key has 200 random bits, a shown prefix and a SHA-256 hash", () => {
  const { key, prefix, hash } = createApiKey(randomBytes);
  expect(key).toMatch(/^cw_live_[0-9a-hjkmnp-tv-z]{40}$/);
  expect(prefix).toBe(key.slice(0, 16));
  expect(hash).toEqual(createHash("sha256").update(key).digest());
});
