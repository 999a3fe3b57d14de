import type { KeyType, SignatureScheme } from "@carewire/contracts";
import {
  generateEd25519Secrets,
  generateHmacSecret,
  parseEkaSecret,
  parseSigningSecret,
  type RandomBytes,
  verifyingSecretOf,
} from "@carewire/verifiers";

/** The row identity a signing secret is sealed under. */
export const secretAad = (secretId: string): string => `subscription_secrets:${secretId}`;

/** What a secret is for. */
export interface SigningKind {
  scheme: SignatureScheme;
  keyType: KeyType;
}

/** A new signing secret for deliveries signed so: `whsk_…` for ed25519, else `whsec_…`, which every other scheme takes. */
export const createSecret = ({ keyType }: SigningKind, random: RandomBytes): string =>
  keyType === "ed25519" ? generateEd25519Secrets(random).signing : generateHmacSecret(random);

/** The public half to show, if the newest secret has one. */
export const publicKeyOf = ({ keyType }: SigningKind, secret: string): string | null =>
  keyType === "ed25519" ? verifyingSecretOf(secret) : null;

const isPair = (secret: string): boolean => secret.startsWith("whsk_");

/** Libraries of receivers differ in what they take for base64; with its padding all of them do. */
const isPadded = (secret: string): boolean => secret.slice(secret.indexOf("_") + 1).length % 4 === 0;

/** What is wrong with a secret that somebody wants to sign with, or null. Never holds any part of it. */
export function secretMistake({ scheme, keyType }: SigningKind, secret: string): string | null {
  if (scheme === "none") return "is not used: signature_scheme none does not sign";
  if (scheme === "eka") return parseEkaSecret(secret).ok ? null : "must not begin or end with white space";
  const parsed = parseSigningSecret(secret);
  const algorithm = parsed.ok ? parsed.key.algorithm : null;
  if (keyType === "ed25519") {
    const fits = algorithm === "ed25519" && isPadded(secret);
    return fits ? null : "must be whsk_ followed by the 64 bytes of an ed25519 pair in base64";
  }
  const fits = algorithm === "hmac-sha256" && isPadded(secret);
  return fits ? null : "must be whsec_ followed by 24 to 64 bytes in base64";
}

/** Whether the newest secret can go on being the newest under another kind. */
export function fits(kind: SigningKind, secret: string): boolean {
  switch (kind.scheme) {
    case "none":
      return true;
    // A private key must never be shared with a receiver, which is what Eka's scheme does with its keys.
    case "eka":
      return !isPair(secret);
    case "standard-webhooks":
    case "svix":
      return secretMistake(kind, secret) === null;
  }
}

/** Whether an older secret can sign along under another kind: standard-webhooks mixes both sorts of keys. */
export function signsAlong(kind: SigningKind, secret: string): boolean {
  if (kind.scheme === "standard-webhooks") return parseSigningSecret(secret).ok;
  return fits(kind, secret);
}
