import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createToken, type TokenKind, tokenMarks, tokenOfHeader } from "./token.ts";

const kinds = Object.keys(tokenMarks) as TokenKind[];

describe.each(kinds)("a token of kind %s", (kind) => {
  it("has 200 random bits behind its mark, and a SHA-256 hash", () => {
    const { token, hash } = createToken(kind, randomBytes);
    expect(token).toMatch(new RegExp(`^${tokenMarks[kind]}[0-9a-hjkmnp-tv-z]{40}$`));
    expect(hash).toEqual(createHash("sha256").update(token).digest());
  });

  it("is read back from an Authorization header, whatever the case of Bearer", () => {
    const { token, hash } = createToken(kind, randomBytes);
    expect(tokenOfHeader(`Bearer ${token}`)).toEqual({ kind, hash });
    expect(tokenOfHeader(`bearer  ${token}`)).toEqual({ kind, hash });
  });

  it("is none with a character more or less", () => {
    const { token } = createToken(kind, randomBytes);
    for (const near of [`${token}0`, token.slice(0, -1), token.toUpperCase()])
      expect(tokenOfHeader(`Bearer ${near}`)).toBeNull();
  });
});

it.each([undefined, "", "Bearer", "Bearer ", "Basic abc", "Bearer cw_live_short", "Bearer sk_live_0123"])(
  "there is no token in %j",
  (header) => {
    expect(tokenOfHeader(header)).toBeNull();
  },
);

it("there is no token in arbitrary text", () => {
  fc.assert(fc.property(fc.string(), (text) => tokenOfHeader(`Bearer ${text}`) === null));
});
