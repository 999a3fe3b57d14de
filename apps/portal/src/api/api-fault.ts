import type { ProblemDetails } from "@carewire/service-kit";

/** Why the API gave no answer, as a problem for the caller. */
export interface ApiFault {
  code: "gateway_timeout" | "service_unavailable";
  details: ProblemDetails;
}

/** Errors of undici that mean the API was asked and kept silent; whether it did what was asked is not known. */
const silentCodes = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
/** Nobody was asked. */
const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EPIPE",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
]);

/** The fault an error of undici stands for; null: it is no fault of the network, and to be thrown on. */
export function apiFaultOf(error: unknown): ApiFault | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (silentCodes.has(code)) {
    const detail = "The API did not answer in time; what was asked for may have been done.";
    return { code: "gateway_timeout", details: { detail } };
  }
  if (unreachableCodes.has(code)) {
    const detail = "The API cannot be reached right now. Try again shortly.";
    return { code: "service_unavailable", details: { detail, retryAfterSeconds: 2 } };
  }
  return null;
}
