import { signEka } from "./eka.ts";
import { type ParsedSecret, parseEkaSecret, parseSigningSecret } from "./parse-secret.ts";
import { signStandardWebhookWithEach } from "./sign-standard-webhook.ts";
import type { HmacKey, SigningKey } from "./signing-key.ts";

/** How a request says who sent it. `none` says nothing. */
export type SignatureScheme = "standard-webhooks" | "svix" | "eka" | "none";

/** A scheme and the keys in force, newest first. */
export type Signer =
  | { readonly scheme: "standard-webhooks" | "svix"; readonly keys: readonly SigningKey[] }
  | { readonly scheme: "eka"; readonly keys: readonly HmacKey[] }
  | { readonly scheme: "none" };

/** A signer, or what is wrong with which of its secrets; never holds any part of a secret. */
export type ParsedSigner = { ok: true; signer: Signer } | { ok: false; detail: string };

/**
 * Reads the secrets in force, newest first, as the scheme understands them: `whsec_…` (HMAC) and `whsk_…` (ed25519) of
 * Standard Webhooks and Svix, any text for Eka, none at all for `none`.
 */
export function parseSigner(scheme: SignatureScheme, secrets: readonly string[]): ParsedSigner {
  if (scheme === "none") return { ok: true, signer: { scheme } };
  if (secrets.length === 0) return { ok: false, detail: "there is no secret to sign with" };
  if (scheme === "eka") {
    const keys = parseEach(secrets, parseEkaSecret);
    return "detail" in keys ? { ok: false, ...keys } : { ok: true, signer: { scheme, ...keys } };
  }
  const keys = parseEach(secrets, parseSigningSecret);
  return "detail" in keys ? { ok: false, ...keys } : { ok: true, signer: { scheme, ...keys } };
}

function parseEach<Key>(
  secrets: readonly string[],
  parse: (text: string) => ParsedSecret<Key>,
): { keys: Key[] } | { detail: string } {
  const keys: Key[] = [];
  for (const [index, text] of secrets.entries()) {
    const parsed = parse(text);
    if (!parsed.ok) return { detail: `secret ${index + 1} of ${secrets.length}: ${parsed.detail}` };
    keys.push(parsed.key);
  }
  return { keys };
}

/**
 * The headers that carry the message id and the signatures, as name, value, name, value. All keys in force sign, so that
 * receivers accept the request with any of them. Throws when `id` cannot be signed: a dot, a blank, over 256 characters.
 */
export function signatureHeaders(
  signer: Signer,
  id: string,
  timestampSeconds: number,
  body: Uint8Array,
): string[] {
  switch (signer.scheme) {
    case "standard-webhooks": {
      const signatures = signStandardWebhookWithEach(signer.keys, id, timestampSeconds, body);
      return [
        "webhook-id",
        id,
        "webhook-timestamp",
        String(timestampSeconds),
        "webhook-signature",
        signatures,
      ];
    }
    case "svix": {
      const signatures = signStandardWebhookWithEach(signer.keys, id, timestampSeconds, body);
      return ["svix-id", id, "svix-timestamp", String(timestampSeconds), "svix-signature", signatures];
    }
    case "eka":
      return [
        "webhook-id",
        id,
        "Eka-Webhook-Signature",
        signEka([...signer.keys].reverse(), timestampSeconds, body),
      ];
    case "none":
      return ["webhook-id", id];
  }
}
