import { hash } from "node:crypto";
import { equalInConstantTime } from "./constant-time.ts";
import type { ParsedSecret } from "./parse-secret.ts";
import { readHeader } from "./request-header.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

/** A shared token, ready for use: its SHA-256, so that comparing tells nothing of its length either. */
export type TokenKey = { readonly tokenHash: Buffer };

/** Which of the tokens was shown. A token says nothing about the body it came with. */
export type AcceptedToken = { ok: true; matchedSecretIndex: number };

/** Reads a shared token: visible ASCII characters, because it travels in a header. */
export function parseToken(text: string): ParsedSecret<TokenKey> {
  if (text === "") return { ok: false, code: "empty", detail: "the secret is empty" };
  if (/\s/.test(text)) return { ok: false, code: "whitespace", detail: "the secret contains white space" };
  if (!/^[\x21-\x7e]+$/.test(text)) {
    return { ok: false, code: "encoding", detail: "a token has visible ASCII characters only" };
  }
  return { ok: true, key: { tokenHash: hash("sha256", text, "buffer") } };
}

/**
 * Verifies a shared token: `Authorization: Bearer <token>`, or `X-Webhook-Token: <token>`. A request that has both must
 * say the same in both. Keys come from `parseToken`. Never throws.
 */
export function verifyToken(input: {
  headers: RequestHeaders;
  secrets: readonly TokenKey[];
}): AcceptedToken | Refusal {
  const token = readToken(input.headers);
  if (!token.ok) return token;
  const tokenHash = hash("sha256", token.value, "buffer");
  const matchedSecretIndex = input.secrets.findIndex((key) => equalInConstantTime(key.tokenHash, tokenHash));
  return matchedSecretIndex === -1 ? refuse("signature_mismatch") : { ok: true, matchedSecretIndex };
}

function readToken(headers: RequestHeaders): { ok: true; value: string } | Refusal {
  const custom = headers["x-webhook-token"] === undefined ? null : readHeader(headers, "x-webhook-token");
  if (headers.authorization === undefined) return custom ?? refuse("header_missing");
  const bearer = readBearer(headers);
  if (custom === null || !bearer.ok) return bearer;
  if (!custom.ok) return custom;
  return custom.value === bearer.value ? bearer : refuse("header_conflict");
}

function readBearer(headers: RequestHeaders): { ok: true; value: string } | Refusal {
  const header = readHeader(headers, "authorization");
  if (!header.ok) return header;
  const [, value] = /^Bearer ([\x21-\x7e]+)$/i.exec(header.value) ?? [];
  return value === undefined ? refuse("header_malformed") : { ok: true, value };
}
