import { ed25519PublicBytes, ed25519SigningKey } from "./ed25519.ts";

/** A source of random bytes fit for keys, such as `randomBytes` of `node:crypto`. */
export type RandomBytes = (byteCount: number) => Uint8Array;

/** Makes a shared secret: `whsec_` + base64 of 32 random bytes. */
export function generateHmacSecret(randomBytes: RandomBytes): string {
  return `whsec_${Buffer.from(randomBytes(32)).toString("base64")}`;
}

/** Makes an ed25519 pair: `whsk_…` for the sender to keep, `whpk_…` for receivers. */
export function generateEd25519Secrets(randomBytes: RandomBytes): { signing: string; verifying: string } {
  const seed = Buffer.from(randomBytes(32));
  const publicBytes = ed25519PublicBytes(ed25519SigningKey(seed));
  return {
    signing: `whsk_${Buffer.concat([seed, publicBytes]).toString("base64")}`,
    verifying: `whpk_${publicBytes.toString("base64")}`,
  };
}
