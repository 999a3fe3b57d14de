import { fromBase64, type Scheme } from "./read-secret.ts";

/** One signature out of a header. */
export interface CandidateSignature {
  algorithm: "hmac" | "ed25519";
  bytes: Uint8Array<ArrayBuffer>;
}

/** What a request's headers say about its signature. */
export type SignedParts =
  | { ok: true; scheme: Scheme; timestampSeconds: number; prefix: string; candidates: CandidateSignature[] }
  | { ok: false; detail: string };

/** Text of `name: value` lines as headers with lower-case names. */
export function parseHeaderLines(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** Finds the signature in the headers, whichever of the schemes it is. */
export function signedParts(headers: Record<string, string>): SignedParts {
  if (headers["eka-webhook-signature"] !== undefined) return ekaParts(headers["eka-webhook-signature"]);
  for (const [prefix, scheme] of [
    ["webhook", "standard-webhooks"],
    ["svix", "svix"],
  ] as const) {
    if (headers[`${prefix}-signature`] !== undefined) return standardParts(headers, prefix, scheme);
  }
  return {
    ok: false,
    detail:
      "There is no signature among the headers: webhook-signature, svix-signature or Eka-Webhook-Signature.",
  };
}

function standardParts(headers: Record<string, string>, prefix: string, scheme: Scheme): SignedParts {
  const id = headers[`${prefix}-id`];
  const timestamp = headers[`${prefix}-timestamp`];
  if (!id) return { ok: false, detail: `The header ${prefix}-id is missing: it is part of what is signed.` };
  if (!timestamp || !/^\d{10}$/.test(timestamp)) {
    return { ok: false, detail: `The header ${prefix}-timestamp is missing, or not in Unix seconds.` };
  }
  const candidates = (headers[`${prefix}-signature`] ?? "")
    .split(" ")
    .flatMap((entry): CandidateSignature[] => {
      const bytes = fromBase64(entry.slice(entry.indexOf(",") + 1));
      if (bytes === null) return [];
      if (entry.startsWith("v1,")) return [{ algorithm: "hmac", bytes }];
      return entry.startsWith("v1a,") ? [{ algorithm: "ed25519", bytes }] : [];
    });
  if (candidates.length === 0) {
    return { ok: false, detail: `${prefix}-signature holds no signature of the form v1,… or v1a,…` };
  }
  return {
    ok: true,
    scheme,
    timestampSeconds: Number(timestamp),
    prefix: `${id}.${timestamp}.`,
    candidates,
  };
}

function ekaParts(header: string): SignedParts {
  const parts = header.split(",").map((part) => part.trim().split("="));
  const timestamp = parts.find(([name]) => name === "t")?.[1];
  if (!timestamp || !/^\d{10}$/.test(timestamp)) {
    return { ok: false, detail: "Eka-Webhook-Signature has no t=… in Unix seconds." };
  }
  const candidates = parts.flatMap(([name, value]): CandidateSignature[] => {
    if (name !== "v1" || !value || !/^[0-9a-f]{64}$/i.test(value)) return [];
    const bytes = Uint8Array.from(value.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    return [{ algorithm: "hmac", bytes }];
  });
  if (candidates.length === 0)
    return { ok: false, detail: "Eka-Webhook-Signature has no v1=… of 64 hex digits." };
  return {
    ok: true,
    scheme: "eka",
    timestampSeconds: Number(timestamp),
    prefix: `${timestamp}.`,
    candidates,
  };
}
