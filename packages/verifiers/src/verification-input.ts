import type { VerifyingKey } from "./signing-key.ts";

/** Request headers with lower-case names, as `node:http` gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * What a verifier looks at. `rawBody` is the exact bytes received, `nowMs` the clock in milliseconds,
 * `secrets` one prepared key per active secret (several during a rotation),
 * `toleranceSeconds` the allowed age and lead of the timestamp, 300 by default.
 */
export type VerificationInput<Key extends VerifyingKey> = {
  headers: RequestHeaders;
  rawBody: Uint8Array;
  nowMs: number;
  secrets: readonly Key[];
  toleranceSeconds?: number;
};

/** Allowed distance between a signature's timestamp and now, in seconds, when the caller names none. */
export const defaultToleranceSeconds = 300;
