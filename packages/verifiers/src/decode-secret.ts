/** What can be wrong with the text of a secret. */
export type SecretProblem =
  | "empty"
  | "whitespace"
  | "prefix_unknown"
  | "form"
  | "encoding"
  | "length"
  | "halves_differ";

/** Why a text is no secret. `detail` never holds any part of the text. */
export type UnusableSecret = { ok: false; code: SecretProblem; detail: string };

/** The bytes behind `whsec_` (a shared secret), `whsk_` (an ed25519 pair: seed, then public key) or `whpk_` (its public half). */
export type SecretBytes = { ok: true; prefix: "whsec_" | "whsk_" | "whpk_"; bytes: Uint8Array };

const lengths = { whsec_: [24, 64], whsk_: [64, 64], whpk_: [32, 32] } as const;

/** Decodes the text of a Standard Webhooks secret of any kind. Padding may be left out. Runs anywhere. Never throws. */
export function decodeSecret(text: string): SecretBytes | UnusableSecret {
  const problem = findTextProblem(text);
  if (problem) return problem;
  const prefix = text.slice(0, text.indexOf("_") + 1);
  if (prefix !== "whsec_" && prefix !== "whsk_" && prefix !== "whpk_") {
    const detail = "a secret starts with whsec_, whpk_ or whsk_";
    return { ok: false, code: "prefix_unknown", detail };
  }
  const bytes = decodeBase64(text.slice(prefix.length));
  if (bytes === null) {
    return { ok: false, code: "encoding", detail: `what follows ${prefix} is not base64` };
  }
  const [bytesMin, bytesMax] = lengths[prefix];
  if (bytes.length < bytesMin || bytes.length > bytesMax) {
    const range = bytesMin === bytesMax ? `${bytesMin}` : `${bytesMin} to ${bytesMax}`;
    const detail = `${prefix} must hold ${range} bytes, this one holds ${bytes.length}`;
    return { ok: false, code: "length", detail };
  }
  return { ok: true, prefix, bytes };
}

/** What makes a text no secret of any scheme: that it is empty, or holds white space. */
export function findTextProblem(text: string): UnusableSecret | null {
  if (text === "") return emptyText;
  // A secret pasted with its line break signs wrongly for ever, and nothing else ever says why.
  return /\s/.test(text) ? whitespaceText : null;
}

/** What makes a text no Eka signing key: that it is empty, or has white space around it. */
export function findEkaTextProblem(text: string): UnusableSecret | null {
  if (text === "") return emptyText;
  return text === text.trim() ? null : whitespaceText;
}

const emptyText = { ok: false, code: "empty", detail: "the secret is empty" } as const;
const whitespaceText = { ok: false, code: "whitespace", detail: "the secret contains white space" } as const;

function decodeBase64(encoded: string): Uint8Array | null {
  let binary: string;
  try {
    binary = atob(encoded);
  } catch {
    return null;
  }
  // Stray bits and padding in the wrong place decode as well, so only text that comes out again unchanged was base64.
  const canonical = btoa(binary);
  if (encoded !== canonical && encoded !== canonical.replace(/=+$/, "")) return null;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
