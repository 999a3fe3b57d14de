import { isIP } from "node:net";
import { bareHost } from "./bare-host.ts";
import { isAllowedAddress, isLocalHost, isNamed } from "./check-host.ts";
import { canonicalAddress } from "./is-public-address.ts";
import type { ParsedPolicy } from "./policy.ts";
import { portOf } from "./port-of.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** The addresses a connection may go to, in the order to try them; or why there is none. */
export type PinnedDestination =
  | { outcome: "pinned"; addresses: string[] }
  | { outcome: "destination_not_allowed" }
  | { outcome: "destination_unresolvable" };

function literalAddresses(policy: ParsedPolicy, host: string): string[] | null {
  if (policy.local && host === "localhost") return ["127.0.0.1", "::1"];
  return isIP(host) === 0 ? null : [host];
}

async function resolveAll(resolve: ResolveHost, host: string): Promise<string[] | null> {
  try {
    const addresses = await resolve(host);
    return addresses.length === 0 ? null : addresses;
  } catch {
    return null;
  }
}

/**
 * Finds the addresses of a host whose URL was already allowed. A name with any forbidden answer is refused whole: a
 * mixed answer is how a rebinding attack looks.
 */
export async function pinDestination(
  policy: ParsedPolicy,
  resolve: ResolveHost,
  url: URL,
): Promise<PinnedDestination> {
  const host = bareHost(url.hostname);
  const literal = literalAddresses(policy, host);
  const addresses = literal ?? (await resolveAll(resolve, host));
  if (addresses === null) return { outcome: "destination_unresolvable" };
  const canonical = addresses.map(canonicalAddress);
  const trusted = (policy.local && isLocalHost(host)) || isNamed(policy.allowed, host, portOf(url));
  const allowed = canonical.every(
    (address) => address !== null && (trusted || isAllowedAddress(policy, address)),
  );
  if (!allowed) return { outcome: "destination_not_allowed" };
  return { outcome: "pinned", addresses: canonical.filter((address) => address !== null) };
}
