import { createHash } from "node:crypto";

const keyMark = "cw_live_";
/** Crockford's base32 alphabet: 32 signs, none easily misread, all selected by a double click. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const secretLength = 40;
const shownLength = keyMark.length + 8;
const keyPattern = new RegExp(`^${keyMark}[${alphabet}]{${secretLength}}$`);

/** A new key: `key` is shown once and never stored, `prefix` may be shown always, `hash` is what the database keeps. */
export interface NewApiKey {
  key: string;
  prefix: string;
  hash: Buffer;
}

/** SHA-256 of a key. A slow hash would add nothing: the key itself is 200 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Makes an API key, `cw_live_` and 200 bits of randomness; `random(n)` returns n random bytes. */
export function createApiKey(random: (byteCount: number) => Uint8Array): NewApiKey {
  let key = keyMark;
  for (const byte of random(secretLength)) key += alphabet[byte & 31];
  return { key, prefix: key.slice(0, shownLength), hash: hashApiKey(key) };
}

/** The key inside an `Authorization` header's value, or null when it is not `Bearer cw_live_…`. */
export function apiKeyOfHeader(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > 128) return null;
  const match = /^bearer +(\S+)$/i.exec(authorization);
  return match !== null && keyPattern.test(match[1]!) ? match[1]! : null;
}
