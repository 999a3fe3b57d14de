import { type ParsedSecret, parseStripeSecret } from "./parse-secret.ts";
import type { HmacKey } from "./signing-key.ts";

/** One of LiveKit's key pairs: the API key names the secret that signs. */
export type LiveKitKey = HmacKey & { readonly apiKey: string };

/** Reads a LiveKit key pair, `<API key>:<API secret>`. The key is the secret's text as UTF-8, never decoded. */
export function parseLiveKitSecret(text: string): ParsedSecret<LiveKitKey> {
  const colon = text.indexOf(":");
  if (colon < 1) return { ok: false, code: "form", detail: "a LiveKit key pair is <API key>:<API secret>" };
  const apiKey = text.slice(0, colon);
  if (/\s/.test(apiKey)) return { ok: false, code: "whitespace", detail: "the API key contains white space" };
  // As with Stripe, the whole text is the key.
  const secret = parseStripeSecret(text.slice(colon + 1));
  return secret.ok ? { ok: true, key: { ...secret.key, apiKey } } : secret;
}
