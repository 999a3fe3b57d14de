import type { IncomingMessage } from "node:http";
import type { AddressList } from "./address-list.ts";

export interface TlsRuleOptions {
  /** False lets plain HTTP through: only for the local stack. */
  required: boolean;
  /** Whose `X-Forwarded-Proto` is believed. */
  trustedProxies: AddressList;
}

/** Decides from the connection and the headers alone, so before any of the body is read. */
export type TlsRule = (request: IncomingMessage) => boolean;

/**
 * Builds the rule that a request must have come over TLS: on this listener itself, or on the one of a trusted proxy
 * in front.
 */
export function createTlsRule({ required, trustedProxies }: TlsRuleOptions): TlsRule {
  if (!required) return () => true;
  return (request) => {
    if ("encrypted" in request.socket && request.socket.encrypted === true) return true;
    return (
      trustedProxies.has(request.socket.remoteAddress) && saysHttps(request.headers["x-forwarded-proto"])
    );
  };
}

// Every proxy of a chain must have seen TLS: the first entry alone could have been written by the caller.
function saysHttps(header: string | string[] | undefined): boolean {
  if (typeof header !== "string") return false;
  return header.split(",").every((scheme) => scheme.trim().toLowerCase() === "https");
}
