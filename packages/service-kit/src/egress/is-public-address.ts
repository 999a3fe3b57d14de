import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Addresses ipaddr.js calls unicast that are not the internet: Azure's metadata and DNS address. */
const platformAddresses = new Set(["168.63.129.16"]);
/** Everything allocated for global unicast so far (RFC 4291, IANA IPv6 address space): the rest cannot be public. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * The canonical form of a literal address (IPv4-mapped IPv6 becomes IPv4), or null when `text` is no address.
 * IPv6 is spelled by WHATWG URL parsing first: ipaddr.js reads the IPv4-compatible `::10.0.0.1` as an IPv4-mapped one.
 */
export function canonicalAddress(text: string): string | null {
  const family = text.includes("%") ? 0 : isIP(text);
  if (family === 0) return null;
  const spelled = family === 4 ? text : new URL(`http://[${text}]`).hostname.slice(1, -1);
  return ipaddr.process(spelled).toString();
}

/**
 * True when a literal IP address is on the public internet. False for everything else: private, loopback, link-local,
 * metadata, CGNAT, multicast, reserved, documentation, and every way IPv6 wraps or translates IPv4 (IANA special-purpose
 * registries, RFC 6890), whose inner address could be any of those.
 */
export function isPublicAddress(text: string): boolean {
  const canonical = canonicalAddress(text);
  if (canonical === null) return false;
  const address = ipaddr.parse(canonical);
  if (address.range() !== "unicast" || platformAddresses.has(canonical)) return false;
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast);
}

/** Ranges of single hosts that an allow-list's CIDR entry may open. */
const openableRanges = new Set<string>([
  "private",
  "carrierGradeNat",
  "uniqueLocal",
  "unicast",
  "reserved",
  "benchmarking",
]);
/** Metadata services inside ranges that are otherwise merely private: Alibaba Cloud, AWS over IPv6. */
const metadataAddresses = new Set(["100.100.100.200", "fd00:ec2::254"]);

/**
 * True for addresses that no range in an allow-list opens, only naming the exact address does: this machine, the link
 * (where metadata services live), what is no single host, and IPv6 that wraps or translates some IPv4 address.
 */
export function isGuardedAddress(text: string): boolean {
  const canonical = canonicalAddress(text);
  if (canonical === null || platformAddresses.has(canonical) || metadataAddresses.has(canonical)) return true;
  const address = ipaddr.parse(canonical);
  const range = address.range();
  if (!openableRanges.has(range)) return true;
  return address instanceof ipaddr.IPv6 && range !== "uniqueLocal" && !address.match(globalUnicast);
}
