import { createHash } from "node:crypto";

/** How a token begins, and thereby what it is: an API key, a session made from one, or a link that makes one session. */
export const tokenMarks = { api_key: "cw_live_", session: "cw_sess_", access_link: "cw_link_" } as const;

/** What a token is of. */
export type TokenKind = keyof typeof tokenMarks;

/** Crockford's base32 alphabet: 32 signs, none easily misread, all selected by a double click. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const secretLength = 40;
const secretPattern = new RegExp(`^[${alphabet}]{${secretLength}}$`);
const kinds = Object.keys(tokenMarks) as TokenKind[];

/** A token just made: `token` is shown once and never stored, `hash` is what the database keeps. */
export interface NewToken {
  token: string;
  hash: Buffer;
}

/** SHA-256 of a token. A slow hash would add nothing: the token itself is 200 random bits. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Makes a token: its mark and 200 bits of randomness; `random(n)` returns n random bytes. */
export function createToken(kind: TokenKind, random: (byteCount: number) => Uint8Array): NewToken {
  let token: string = tokenMarks[kind];
  for (const byte of random(secretLength)) token += alphabet[byte & 31];
  return { token, hash: hashToken(token) };
}

function kindOf(token: string): TokenKind | null {
  const kind = kinds.find((known) => token.startsWith(tokenMarks[known]));
  return kind !== undefined && secretPattern.test(token.slice(tokenMarks[kind].length)) ? kind : null;
}

/** The token inside an `Authorization` header's value, by its kind and hash; null when it is not `Bearer cw_…`. */
export function tokenOfHeader(authorization: string | undefined): { kind: TokenKind; hash: Buffer } | null {
  if (authorization === undefined || authorization.length > 128) return null;
  const [, token = ""] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  const kind = kindOf(token);
  return kind === null ? null : { kind, hash: hashToken(token) };
}
