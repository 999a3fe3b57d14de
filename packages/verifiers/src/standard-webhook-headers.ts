import { findHeaderProblem } from "./request-header.ts";
import { type Refusal, refuse } from "./verdict.ts";
import type { RequestHeaders } from "./verification-input.ts";

/** Which names the headers have: `webhook-*` of the specification, or the `svix-*` it grew out of. */
export type HeaderFamily = "webhook" | "svix";

/** The three headers of a Standard Webhooks request, not yet checked. */
export type StandardWebhookHeaders = {
  family: HeaderFamily;
  id: string;
  timestamp: string;
  signatures: string;
};

/** Whole names: putting them together for every request would cost as much as all other checks. */
const headerNames = {
  webhook: { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" },
  svix: { id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature" },
} as const;
const parts = ["id", "timestamp", "signature"] as const;

/**
 * Reads the three headers of one family. With `family` only that one is looked at. Otherwise whichever is
 * there; both are accepted only if they say the same, because two ids would make two messages of one request.
 */
export function readStandardWebhookHeaders(
  headers: RequestHeaders,
  family: HeaderFamily | undefined,
): ({ ok: true } & StandardWebhookHeaders) | Refusal {
  if (family !== undefined) return readFamily(headers, family);
  if (!hasAny(headers, "svix")) return readFamily(headers, "webhook");
  if (!hasAny(headers, "webhook")) return readFamily(headers, "svix");
  const { webhook, svix } = headerNames;
  const agree = parts.every((part) => headers[webhook[part]] === headers[svix[part]]);
  return agree ? readFamily(headers, "webhook") : refuse("header_conflict");
}

function hasAny(headers: RequestHeaders, family: HeaderFamily): boolean {
  const names = headerNames[family];
  return (
    headers[names.id] !== undefined ||
    headers[names.timestamp] !== undefined ||
    headers[names.signature] !== undefined
  );
}

function readFamily(
  headers: RequestHeaders,
  family: HeaderFamily,
): ({ ok: true } & StandardWebhookHeaders) | Refusal {
  const names = headerNames[family];
  const { [names.id]: id, [names.timestamp]: timestamp, [names.signature]: signatures } = headers;
  const problem = findHeaderProblem(id) ?? findHeaderProblem(timestamp) ?? findHeaderProblem(signatures);
  if (problem !== null) return refuse(problem);
  return { ok: true, family, id, timestamp, signatures } as { ok: true } & StandardWebhookHeaders;
}
