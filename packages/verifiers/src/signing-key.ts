import type { KeyObject } from "node:crypto";

/**
 * A shared secret, ready for use. Make it once per secret and keep it: on Node 24 an HMAC with a fresh key
 * costs several times one with a KeyObject.
 */
export type HmacKey = { readonly algorithm: "hmac-sha256"; readonly key: KeyObject };

/** The public half of an ed25519 pair: verifies only. */
export type Ed25519VerifyingKey = { readonly algorithm: "ed25519"; readonly publicKey: KeyObject };

/** Both halves of an ed25519 pair. */
export type Ed25519SigningKey = Ed25519VerifyingKey & { readonly privateKey: KeyObject };

/** A key that can sign (and verify). */
export type SigningKey = HmacKey | Ed25519SigningKey;

/** A key that can verify. Every {@link SigningKey} is one. */
export type VerifyingKey = HmacKey | Ed25519VerifyingKey;
