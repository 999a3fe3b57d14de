import { hash } from "node:crypto";
import type { SignedRequest } from "./sign-stripe-request.ts";

const lifetimeSeconds = 300;

/**
 * Builds the webhook request that LiveKit would send now, its token made by LiveKit's own library. An object is sent as
 * its JSON.
 */
export async function signLiveKitRequest(
  body: string | object,
  { apiKey, apiSecret }: { apiKey: string; apiSecret: string },
): Promise<SignedRequest> {
  // Loaded on first use: the library is large and most test files never sign a LiveKit request.
  const { AccessToken } = await import("livekit-server-sdk");
  const payload = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const token = new AccessToken(apiKey, apiSecret, { ttl: lifetimeSeconds });
  token.sha256 = hash("sha256", payload, "base64");
  return {
    headers: { "content-type": "application/webhook+json", authorization: await token.toJwt() },
    body: payload,
  };
}
