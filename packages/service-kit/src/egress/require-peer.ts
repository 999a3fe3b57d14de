import type { Connector } from "./create-connector.ts";
import { EgressError } from "./egress-error.ts";
import { canonicalAddress } from "./is-public-address.ts";

/** The last check of a direct connection: the peer the kernel reports must be the address that was pinned. */
export function requirePeer(connect: Connector): Connector {
  return (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      const peer = socket.remoteAddress === undefined ? null : canonicalAddress(socket.remoteAddress);
      if (peer === options.hostname) return callback(null, socket);
      socket.destroy();
      callback(new EgressError("destination_not_allowed"), null);
    });
}
