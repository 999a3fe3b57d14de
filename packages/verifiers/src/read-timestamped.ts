import { readHeader } from "./request-header.ts";
import { checkTimestamp } from "./timestamp.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

/** What a header `t=<seconds>,v1=<hex>` claims: what is signed in front of the body, and the signatures to check. */
export type TimestampedClaim = {
  ok: true;
  timestampSeconds: number;
  signedPrefix: string;
  /** 64 small hex digits each. */
  signatures: string[];
};

const signaturesMax = 16;

/** Reads and checks everything about such a request that needs no key. Runs anywhere. Never throws. */
export function readTimestamped(
  headerName: string,
  request: { headers: RequestHeaders; nowMs: number; toleranceSeconds: number },
): TimestampedClaim | Refusal {
  const header = readHeader(request.headers, headerName);
  if (!header.ok) return header;
  const parts = parseSignatureHeader(header.value);
  if (!parts.ok) return parts;
  const timestamp = checkTimestamp(parts.timestamp, request.nowMs, request.toleranceSeconds);
  if (!timestamp.ok) return timestamp;
  const signatures = parts.signatures.filter((signature) => /^[0-9a-f]{64}$/.test(signature));
  if (signatures.length === 0) return refuse("signature_malformed");
  return { ok: true, timestampSeconds: timestamp.seconds, signedPrefix: `${parts.timestamp}.`, signatures };
}

function parseSignatureHeader(
  header: string,
): { ok: true; timestamp: string; signatures: string[] } | Refusal {
  const timestamps: string[] = [];
  const signatures: string[] = [];
  for (const item of header.split(",")) {
    const equals = item.indexOf("=");
    // Node joins repeated headers with a comma and a space; no sender writes a space.
    if (equals < 1 || item.startsWith(" ")) return refuse("header_malformed");
    const value = item.slice(equals + 1);
    if (item.slice(0, equals) === "t") timestamps.push(value);
    if (item.slice(0, equals) === "v1") signatures.push(value);
  }
  const [timestamp] = timestamps;
  // Two headers reach us joined by a comma: two `t` would let one be checked and the other be signed.
  if (timestamp === undefined || timestamps.length > 1) return refuse("header_malformed");
  if (signatures.length === 0) return refuse("signature_unsupported");
  if (signatures.length > signaturesMax) return refuse("signatures_too_many");
  return { ok: true, timestamp, signatures };
}
