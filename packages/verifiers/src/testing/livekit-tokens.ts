import { createHmac, hash } from "node:crypto";
import { verifyLiveKit } from "../livekit.ts";
import { type LiveKitKey, parseLiveKitSecret } from "../livekit-key.ts";
import type { RequestHeaders } from "../verification-input.ts";

export const apiKey = "APItestkey";
export const apiSecret = "livekit-test-secret-0123456789abcdef";
export const nowSeconds = 1_767_225_600;
export const key = keyOf(`${apiKey}:${apiSecret}`);
export const bodyText =
  '{"event":"room_started","room":{"name":"caf\\u00e9 é"},"id":"EV_1","createdAt":"1767225599"}';
export const body = Buffer.from(bodyText);
export const sha256 = hash("sha256", body, "base64");
export const claims = { exp: nowSeconds + 300, iss: apiKey, nbf: nowSeconds, sha256 };

export function keyOf(text: string): LiveKitKey {
  const parsed = parseLiveKitSecret(text);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token correctly signed by our key, whatever it says. */
export function tokenOf(
  payload: unknown,
  { header = { alg: "HS256" } as object, secret = apiSecret, digest = "sha256" } = {},
): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(digest, secret).update(signed).digest("base64url")}`;
}

export function verify(
  authorization: string | string[] | undefined,
  { rawBody = body as Uint8Array, secrets = [key], nowMs = nowSeconds * 1000 } = {},
) {
  const headers: RequestHeaders = authorization === undefined ? {} : { authorization };
  return verifyLiveKit({ headers, rawBody, nowMs, secrets });
}
