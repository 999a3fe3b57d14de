import { BlockList, isIP } from "node:net";
import { bareHost } from "./bare-host.ts";
import { canonicalAddress } from "./is-public-address.ts";

/** Which destinations outbound requests may have, beyond the public internet over https. */
export interface EgressPolicy {
  /** `local`: http and https to 127.0.0.1, ::1 and localhost on ports from 1024. */
  environment: "local" | "production";
  /** Ports besides 443 and 8443. */
  ports?: readonly number[];
  /**
   * Exceptions for self-hosters. `host` or `host:port` (a name or an address, IPv6 in brackets) may be private, use http
   * and any port, or only that port. A CIDR range may be private, over https on the usual ports, and never opens
   * loopback, link-local or metadata addresses.
   */
  allow?: readonly string[];
  /** Our own public hosts, `host` or `host:port`: a subscription to them would be a loop. */
  ownHosts?: readonly string[];
}

/** A host named in the policy; without a `port` the entry is for all of them. */
export interface NamedHost {
  host: string;
  port: number | undefined;
}

/** An {@link EgressPolicy}, ready to be asked. */
export interface ParsedPolicy {
  local: boolean;
  ports: ReadonlySet<number>;
  allowed: readonly NamedHost[];
  ranges: BlockList;
  own: readonly NamedHost[];
}

const standardPorts = [443, 8443];

function parseNamedHost(entry: string): NamedHost {
  const match = /^(\[[0-9a-f:.]+\]|[^:/@\s]+)(?::(\d{1,5}))?$/i.exec(entry);
  const probe = match === null ? null : `http://${match[1]}`;
  if (match === null || probe === null || !URL.canParse(probe)) throw new Error(policyMistake(entry));
  const port = match[2] === undefined ? undefined : Number(match[2]);
  return { host: bareHost(new URL(probe).hostname), port };
}

function addRange(ranges: BlockList, entry: string): void {
  const [network = "", prefixText = ""] = entry.split("/");
  const family = isIP(network);
  const prefix = Number(prefixText);
  const canonical = canonicalAddress(network);
  if (family === 0 || canonical === null || !/^\d+$/.test(prefixText) || prefix > (family === 4 ? 32 : 128)) {
    throw new Error(policyMistake(entry));
  }
  ranges.addSubnet(network, prefix, family === 4 ? "ipv4" : "ipv6");
}

const policyMistake = (entry: string): string =>
  `egress allow-list: "${entry}" is not a host, host:port or CIDR range such as 10.20.0.0/16`;

/** Prepares a policy. Throws, naming the entry, when one is not a host, host:port or CIDR range. */
export function parsePolicy(policy: EgressPolicy): ParsedPolicy {
  const ranges = new BlockList();
  const allowed: NamedHost[] = [];
  for (const entry of policy.allow ?? []) {
    if (entry.includes("/")) addRange(ranges, entry);
    else allowed.push(parseNamedHost(entry));
  }
  return {
    local: policy.environment === "local",
    ports: new Set([...standardPorts, ...(policy.ports ?? [])]),
    allowed,
    ranges,
    own: (policy.ownHosts ?? []).map(parseNamedHost),
  };
}
