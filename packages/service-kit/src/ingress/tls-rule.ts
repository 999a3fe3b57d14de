import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

export interface TlsRuleOptions {
  /** False lets plain HTTP through: only for the local stack. */
  required: boolean;
  /** Addresses or CIDR ranges whose `X-Forwarded-Proto` is believed. */
  trustedProxies: readonly string[];
}

/** Decides from the connection and the headers alone, so before any of the body is read. */
export type TlsRule = (request: IncomingMessage) => boolean;

/**
 * Builds the rule that a request must have come over TLS: on this listener itself, or on the one of a trusted proxy
 * in front. Throws when a trusted proxy is no address or CIDR range.
 */
export function createTlsRule({ required, trustedProxies }: TlsRuleOptions): TlsRule {
  if (!required) return () => true;
  const trusted = toBlockList(trustedProxies);
  return (request) => {
    if ("encrypted" in request.socket && request.socket.encrypted === true) return true;
    return (
      isTrusted(trusted, request.socket.remoteAddress) && saysHttps(request.headers["x-forwarded-proto"])
    );
  };
}

// Every proxy of a chain must have seen TLS: the first entry alone could have been written by the caller.
function saysHttps(header: string | string[] | undefined): boolean {
  if (typeof header !== "string") return false;
  return header.split(",").every((scheme) => scheme.trim().toLowerCase() === "https");
}

function isTrusted(trusted: BlockList, remoteAddress: string | undefined): boolean {
  if (remoteAddress === undefined) return false;
  const address = remoteAddress.startsWith("::ffff:") ? remoteAddress.slice("::ffff:".length) : remoteAddress;
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) {
      throw new Error(`trusted proxy "${range}" is neither an address nor a CIDR range`);
    }
    list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
  return list;
}
