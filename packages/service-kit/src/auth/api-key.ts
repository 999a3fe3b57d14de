import { createToken, hashToken, tokenMarks } from "./token.ts";

const shownLength = tokenMarks.api_key.length + 8;

/** A new key: `key` is shown once and never stored, `prefix` may be shown always, `hash` is what the database keeps. */
export interface NewApiKey {
  key: string;
  prefix: string;
  hash: Buffer;
}

/** SHA-256 of a key, as the database keeps it. */
export const hashApiKey = (key: string): Buffer => hashToken(key);

/** Makes an API key, `cw_live_` and 200 bits of randomness; `random(n)` returns n random bytes. */
export function createApiKey(random: (byteCount: number) => Uint8Array): NewApiKey {
  const { token, hash } = createToken("api_key", random);
  return { key: token, prefix: token.slice(0, shownLength), hash };
}
