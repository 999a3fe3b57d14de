/** A key to check signatures with, or why the text is none. `detail` never holds any part of the text. */
export type ReadSecret =
  | { ok: true; algorithm: "hmac" | "ed25519"; bytes: Uint8Array<ArrayBuffer> }
  | { ok: false; detail: string };

export type Scheme = "standard-webhooks" | "svix" | "eka";

/** Reads what somebody pasted as their secret: `whsec_…`, the public key `whpk_…`, or any text under Eka. Pure. */
export function readSecret(text: string, scheme: Scheme): ReadSecret {
  if (text === "") return { ok: false, detail: "Paste the signing secret." };
  if (scheme === "eka") {
    return text === text.trim()
      ? { ok: true, algorithm: "hmac", bytes: new TextEncoder().encode(text) }
      : {
          ok: false,
          detail: "There is white space around the secret. A server that has it like this verifies nothing.",
        };
  }
  if (/\s/.test(text)) {
    return {
      ok: false,
      detail: "There is white space in the secret, perhaps a line break that was copied along.",
    };
  }
  if (text.startsWith("whsk_")) {
    return {
      ok: false,
      detail: "whsk_ is the private half, which only Carewire needs. Use the public key, whpk_…",
    };
  }
  if (text.startsWith("whpk_")) return decoded(text.slice(5), "ed25519", 32, 32);
  if (text.startsWith("whsec_")) return decoded(text.slice(6), "hmac", 24, 64);
  return { ok: false, detail: "A secret starts with whsec_, a public key with whpk_." };
}

function decoded(encoded: string, algorithm: "hmac" | "ed25519", min: number, max: number): ReadSecret {
  const bytes = fromBase64(encoded);
  if (bytes === null)
    return { ok: false, detail: "What follows the prefix is not base64: a part may be missing." };
  if (bytes.length < min || bytes.length > max) {
    return {
      ok: false,
      detail: `It holds ${bytes.length} bytes, too few or too many: a part may be missing.`,
    };
  }
  return { ok: true, algorithm, bytes };
}

/** The bytes of base64 text, null when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
