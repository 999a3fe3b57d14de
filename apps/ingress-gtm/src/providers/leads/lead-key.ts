import {
  type HmacKey,
  type ParsedSecret,
  parseBodySecret,
  parseToken,
  parseVerifyingSecret,
  type TokenKey,
  type VerifyingKey,
} from "@carewire/verifiers";

/** How a form backend proves that a request is its own. */
export type LeadScheme = "standard" | "typeform" | "signature" | "token";

/** One secret, with what it may be used for: the key of each scheme that it is accepted with. */
export interface LeadKey {
  source: string;
  standard: VerifyingKey | null;
  /** For `typeform` and `signature`. */
  typeform: HmacKey | null;
  signature: HmacKey | null;
  token: TokenKey | null;
}

// `=` also pads base64: what follows it is then nothing but more of it.
const namedPattern = /^([a-z][a-z0-9-]{0,31})(?::(standard|typeform|signature|token))?=(?!=*$)(.+)$/;

/**
 * Reads one entry of `GTM_INBOUND_SECRET`: `<secret>` for the default source, or `<source>[:<scheme>]=<secret>`.
 * Without a scheme every one that the secret is fit for is accepted.
 */
export function parseLeadSecret(text: string): ParsedSecret<LeadKey> {
  const [, source = "default", scheme, secret = text] = namedPattern.exec(text) ?? [];
  const standard = parseVerifyingSecret(secret);
  const body = parseBodySecret(secret);
  const token = parseToken(secret);
  // A public key is no secret, and a private one is not for sharing: neither may serve as text that two sides know.
  const isShared = !secret.startsWith("whpk_") && !secret.startsWith("whsk_");
  const accepts = (name: LeadScheme) => (scheme === undefined ? true : scheme === name);
  const key: LeadKey = {
    source,
    standard: accepts("standard") && standard.ok ? standard.key : null,
    typeform: accepts("typeform") && isShared && body.ok ? body.key : null,
    signature: accepts("signature") && isShared && body.ok ? body.key : null,
    token: accepts("token") && isShared && token.ok ? token.key : null,
  };
  if (key.standard || key.typeform || key.signature || key.token) return { ok: true, key };
  const failed = scheme === "token" ? token : scheme === "standard" || !isShared ? standard : body;
  return failed.ok
    ? { ok: false, code: "prefix_unknown", detail: "an asymmetric key works with the scheme standard only" }
    : failed;
}
