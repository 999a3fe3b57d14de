import { isIP, type Socket } from "node:net";
import type { buildConnector } from "undici";
import { bareHost } from "./bare-host.ts";
import { checkUrl } from "./check-url.ts";
import { EgressError } from "./egress-error.ts";
import { pinDestination } from "./pin-destination.ts";
import type { ParsedPolicy } from "./policy.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** undici's `connect` function: opens one connection for a Pool. */
export type Connector = buildConnector.connector;

/** What {@link createConnector} needs. */
export interface ConnectorOptions {
  policy: ParsedPolicy;
  resolve: ResolveHost;
  /** Opens the socket once an address is pinned: `hostname` is that address, `servername` the name. */
  connect: Connector;
}

/** Addresses of one name to try before giving up. */
const addressesTriedMax = 3;
/** Failures that say "not at this address"; a time-out is not one, its time is already spent. */
const tryNextCodes = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);

function connectTo(connect: Connector, options: buildConnector.Options, address: string): Promise<Socket> {
  const name = bareHost(options.hostname);
  // Certificates are checked against the name, although the address is what is dialled.
  const servername = options.protocol === "https:" && isIP(name) === 0 ? name : undefined;
  return new Promise((resolve, reject) => {
    connect({ ...options, hostname: address, servername }, (error, socket) => {
      if (error !== null) reject(error);
      else resolve(socket);
    });
  });
}

async function connectToFirst(
  connect: Connector,
  options: buildConnector.Options,
  addresses: string[],
): Promise<Socket> {
  const [address, ...others] = addresses;
  if (address === undefined) throw new EgressError("destination_unresolvable");
  try {
    return await connectTo(connect, options, address);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (others.length === 0 || !tryNextCodes.has(code)) throw error;
    return connectToFirst(connect, options, others);
  }
}

/**
 * A `connect` function for undici Pools that applies the guard to every connection: URL rules again (a stored URL may
 * be older than the policy), resolution, all answers checked, the address pinned. Fails with {@link EgressError}
 * before a socket opens.
 */
export function createConnector({ policy, resolve, connect }: ConnectorOptions): Connector {
  const open = async (options: buildConnector.Options): Promise<Socket> => {
    const bare = bareHost(options.hostname);
    const host = isIP(bare) === 6 ? `[${bare}]` : bare;
    const text = `${options.protocol}//${host}${options.port ? `:${options.port}` : ""}/`;
    const checked = checkUrl(policy, text);
    if (checked.outcome !== "allowed") throw new EgressError("destination_not_allowed");
    const destination = await pinDestination(policy, resolve, new URL(checked.url));
    if (destination.outcome !== "pinned") throw new EgressError(destination.outcome);
    return connectToFirst(connect, options, destination.addresses.slice(0, addressesTriedMax));
  };
  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}
