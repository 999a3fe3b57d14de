import type { RefusalCode } from "./verdict.ts";

/**
 * Why a LiveKit request was refused, beyond what every scheme knows.
 *
 * - `issuer_unknown`: one of our keys signed the token, but it names another API key.
 * - `token_kind`: a token of ours, but not one of a webhook (somebody joins a room with it, say).
 * - `body_hash_mismatch`: a webhook's token, for another body.
 */
export type LiveKitRefusalCode = RefusalCode | "issuer_unknown" | "token_kind" | "body_hash_mismatch";

export type LiveKitRefusal = { ok: false; code: LiveKitRefusalCode };

/** Builds a {@link LiveKitRefusal}. */
export function refuseLiveKit(code: LiveKitRefusalCode): LiveKitRefusal {
  return { ok: false, code };
}
