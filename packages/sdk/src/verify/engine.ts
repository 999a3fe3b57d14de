import type { SignedClaim } from "./signed-claim.ts";
import type { VerifyingKey } from "./verifying-keys.ts";

/** Cryptography that answers at once (node:crypto). */
export interface SyncEngine {
  kind: "sync";
  /** Whether the key made one of the claim's signatures. */
  matches(claim: SignedClaim, key: VerifyingKey): boolean;
  /** SHA-256 in hexadecimal. */
  digest(bytes: Uint8Array): string;
}

/** Cryptography that answers later (WebCrypto). */
export interface AsyncEngine {
  kind: "async";
  matches(claim: SignedClaim, key: VerifyingKey): Promise<boolean>;
  digest(bytes: Uint8Array): Promise<string>;
}

/** What a build of the SDK verifies with; `#engine` is the one of the build. */
export type VerifyEngine = SyncEngine | AsyncEngine;
