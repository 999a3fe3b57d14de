import type { SendOutcome } from "@carewire/delivery";
import { EgressProxyError } from "@carewire/service-kit";

/** Code of the egress guard's refusal, raised by its connector before a socket opens. */
const notAllowedCode = "destination_not_allowed";

const dnsCodes = new Set([
  "destination_unresolvable",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENODATA",
  "ESERVFAIL",
  "ETIMEOUT",
  "EREFUSED",
]);
const connectCodes = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EADDRNOTAVAIL",
  "EMFILE",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const protocolPattern = /^HPE_|^UND_ERR_(HEADERS_OVERFLOW|RES|REQ|INVALID)/;
const tlsPattern = /^ERR_TLS|^ERR_SSL|^ERR_OSSL|CERT|SELF_SIGNED|UNABLE_TO_|^EPROTO$/;

/** Connections that fail so may well succeed a moment later; a time-out is none of them, its time is spent. */
const hiccupCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "UND_ERR_SOCKET",
  ...dnsCodes,
]);

/** True when a connection that failed with this error is worth a second try at once. */
export function isConnectHiccup(error: Error): boolean {
  return hiccupCodes.has(String((error as NodeJS.ErrnoException).code ?? ""));
}

/** Tells what kind of fault a failed request met. The detail names it in words and never quotes the peer. */
export function classifyError(error: Error): SendOutcome {
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  if (code === notAllowedCode) return { kind: "not_allowed" };
  if (error instanceof EgressProxyError)
    return { kind: "proxy_failed", fault: error.fault, detail: error.message };
  if (dnsCodes.has(code))
    return { kind: "network", fault: "dns", detail: `the host name did not resolve (${code})` };
  if (connectCodes.has(code)) return { kind: "network", fault: "connect", detail: `no connection (${code})` };
  if (tlsPattern.test(code)) return { kind: "network", fault: "tls", detail: `TLS failed (${code})` };
  // undici's parser errors have a name; their code is missing in some releases.
  if (protocolPattern.test(code) || error.name === "HTTPParserError") {
    const detail = `the answer is not valid HTTP (${code || error.name})`;
    return { kind: "network", fault: "protocol", detail };
  }
  return { kind: "network", fault: "reset", detail: `the connection broke (${code || "closed"})` };
}
