import { hash } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { equalInConstantTime } from "./constant-time.ts";
import type { LiveKitKey } from "./livekit-key.ts";
import { openLiveKitToken, sealLiveKitToken } from "./livekit-token.ts";
import { type LiveKitRefusal, refuseLiveKit } from "./livekit-verdict.ts";
import { readHeader } from "./request-header.ts";
import type { Accepted } from "./verdict.ts";
import type { VerificationInput } from "./verification-input.ts";

/** What LiveKit's own libraries allow two clocks to differ. */
const leewaySeconds = 10;
/** LiveKit signs for five minutes; what people join rooms with lives for hours. */
const lifetimeSecondsMax = 900;
const lifetimeSeconds = 300;

/**
 * Verifies a LiveKit webhook: `Authorization` is a JWT without `Bearer`, HS256, issued by one of the API keys, whose
 * `sha256` claim is the base64 of the raw body's hash. `exp` and `nbf` are required, with `toleranceSeconds` of leeway
 * (default 10). Tokens of other kinds, like those people join rooms with, are refused. Keys come from
 * `parseLiveKitSecret`. Never throws.
 * @see https://docs.livekit.io/home/server/webhooks/
 */
export function verifyLiveKit(input: VerificationInput<LiveKitKey>): Accepted | LiveKitRefusal {
  const { rawBody, nowMs, secrets, toleranceSeconds = leewaySeconds } = input;
  if (!isUint8Array(rawBody)) return refuseLiveKit("body_not_bytes");
  const header = readHeader(input.headers, "authorization");
  if (!header.ok) return header;
  const token = openLiveKitToken(header.value, secrets);
  if (!token.ok) return token;
  const { claims, matchedSecretIndex } = token;
  const lifetime = checkLifetime(claims, nowMs, toleranceSeconds);
  if (!lifetime.ok) return lifetime;
  const bodyHash = readBodyHash(claims);
  if (!bodyHash) return refuseLiveKit("token_kind");
  if (!equalInConstantTime(bodyHash, hash("sha256", rawBody, "buffer")))
    return refuseLiveKit("body_hash_mismatch");
  return { ok: true, timestampSeconds: lifetime.notBefore, matchedSecretIndex };
}

/** Signs `body` as LiveKit's server does at `timestampSeconds`. Returns the value of `Authorization`. */
export function signLiveKit(key: LiveKitKey, timestampSeconds: number, body: Uint8Array): string {
  return sealLiveKitToken(key, {
    exp: timestampSeconds + lifetimeSeconds,
    iss: key.apiKey,
    nbf: timestampSeconds,
    sha256: hash("sha256", body, "base64"),
  });
}

/** Makes a token for LiveKit's own API (RoomService) that may list rooms, for as long as {@link signLiveKit}'s. */
export function signLiveKitRoomList(key: LiveKitKey, timestampSeconds: number): string {
  return sealLiveKitToken(key, {
    exp: timestampSeconds + lifetimeSeconds,
    iss: key.apiKey,
    nbf: timestampSeconds,
    video: { roomList: true },
  });
}

function checkLifetime(
  { exp, nbf }: Record<string, unknown>,
  nowMs: number,
  toleranceSeconds: number,
): { ok: true; notBefore: number } | LiveKitRefusal {
  if (!isSeconds(exp) || !isSeconds(nbf)) return refuseLiveKit("timestamp_invalid");
  const nowSeconds = Math.floor(nowMs / 1000);
  // Written so that a NaN on either side refuses instead of switching the check off.
  if (!(exp > nowSeconds - toleranceSeconds)) return refuseLiveKit("timestamp_too_old");
  if (!(nbf <= nowSeconds + toleranceSeconds)) return refuseLiveKit("timestamp_in_future");
  return exp - nbf > lifetimeSecondsMax ? refuseLiveKit("token_kind") : { ok: true, notBefore: nbf };
}

const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The hash a webhook's token vouches for, or null when this is no webhook's token. */
function readBodyHash({ sha256, video }: Record<string, unknown>): Buffer | null {
  if (video !== undefined || typeof sha256 !== "string") return null;
  return /^[A-Za-z0-9+/]{43}=$/.test(sha256) ? Buffer.from(sha256, "base64") : null;
}
