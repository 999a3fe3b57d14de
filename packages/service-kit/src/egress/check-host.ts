import { isIP } from "node:net";
import { canonicalAddress, isGuardedAddress, isPublicAddress } from "./is-public-address.ts";
import type { NamedHost, ParsedPolicy } from "./policy.ts";

/** Names that never mean the public internet: RFC 6761, RFC 8375, ICANN's list of colliding names, cloud conventions. */
const privateSuffixes = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
];

/** True for 127.0.0.1, ::1 and localhost: where the local environment's own receivers listen. */
export function isLocalHost(host: string): boolean {
  return host === "127.0.0.1" || host === "::1" || host === "localhost";
}

/** True when a list of the policy names this host, for all ports or this one. */
export function isNamed(list: readonly NamedHost[], host: string, port: number): boolean {
  return list.some((entry) => entry.host === host && (entry.port === undefined || entry.port === port));
}

/** True when a literal address may be connected to: it is public, or inside a range the policy names. */
export function isAllowedAddress(policy: ParsedPolicy, address: string): boolean {
  if (isPublicAddress(address)) return true;
  const canonical = canonicalAddress(address);
  if (canonical === null || isGuardedAddress(canonical)) return false;
  return policy.ranges.check(canonical, isIP(canonical) === 4 ? "ipv4" : "ipv6");
}

/** True when a host may be a destination as far as its name tells; addresses it resolves to are checked later. */
export function isAllowedHost(policy: ParsedPolicy, host: string): boolean {
  if (isIP(host) !== 0) return isAllowedAddress(policy, host);
  // A trailing dot and a name without dots both escape suffix checks and depend on the resolver's search list.
  if (host.endsWith(".") || !host.includes(".")) return false;
  return !privateSuffixes.some((suffix) => host.endsWith(`.${suffix}`));
}
