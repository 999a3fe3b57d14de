import type { IncomingHttpHeaders } from "node:http";
import { EgressProxyError, endpointFault } from "./egress-proxy-error.ts";

/** RFC 9209 error types that put the blame on the destination, with the code of the same failure without a proxy. */
const proxyStatusCodes: Record<string, string> = {
  connection_refused: "ECONNREFUSED",
  connection_terminated: "ECONNRESET",
  connection_timeout: "ETIMEDOUT",
  destination_unavailable: "EHOSTUNREACH",
  destination_not_found: "EHOSTUNREACH",
  destination_ip_unroutable: "EHOSTUNREACH",
};
/** Squid's name for "the server did not take my connection". */
const squidConnectFailed = /^ERR_CONNECT_FAIL\b/;

const textOf = (value: string | string[] | undefined): string => [value ?? ""].flat().join(", ");

/**
 * What a proxy's refusal of CONNECT means. Without a word from the proxy about who is to blame (`Proxy-Status`, or
 * Squid's `X-Squid-Error`) it is taken to be the proxy.
 */
export function refusedConnect(status: number, headers: IncomingHttpHeaders): Error {
  const error = /;\s*error="?([a-z_]+)/.exec(textOf(headers["proxy-status"]))?.[1] ?? "";
  const code = proxyStatusCodes[error];
  if (code !== undefined) return endpointFault(code, error);
  if (squidConnectFailed.test(textOf(headers["x-squid-error"])))
    return endpointFault("ECONNREFUSED", "ERR_CONNECT_FAIL");
  if (status === 407) {
    return new EgressProxyError("proxy", "the egress proxy refused our credentials (407)");
  }
  return new EgressProxyError("destination", `the egress proxy answered ${status} to CONNECT`);
}
