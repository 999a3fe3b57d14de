import { hash } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";

/** The text to answer with, or why nobody may have it. */
export type ChallengeVerdict = { ok: true; challenge: string } | { ok: false; code: ChallengeRefusalCode };

/** `parameter`: one is missing or repeated, or has a form that Meta never sends. `token`: it is not ours. */
export type ChallengeRefusalCode = "parameter" | "token";

/** Digits today. Nothing that a browser could take for markup is ever echoed. */
const challengePattern = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Verifies the GET request with which Meta makes sure that an address is ours: `hub.mode=subscribe`, `hub.verify_token`
 * one of `tokens` (several while it is being changed), `hub.challenge`. Answer 200 with the challenge as text/plain,
 * or 403. Never throws.
 * @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests
 */
export function verifyMetaChallenge(query: URLSearchParams, tokens: readonly string[]): ChallengeVerdict {
  const mode = readOnce(query, "hub.mode");
  const token = readOnce(query, "hub.verify_token");
  const challenge = readOnce(query, "hub.challenge");
  if (mode !== "subscribe" || token === null || challenge === null || !challengePattern.test(challenge)) {
    return { ok: false, code: "parameter" };
  }
  // Hashes have one length, so that not even the token's shows in the time.
  const given = digest(token);
  const known = tokens.some((ours) => ours !== "" && equalInConstantTime(digest(ours), given));
  return known ? { ok: true, challenge } : { ok: false, code: "token" };
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");

function readOnce(query: URLSearchParams, name: string): string | null {
  const [value, ...more] = query.getAll(name);
  return value === undefined || more.length > 0 ? null : value;
}
