import type { IncomingMessage } from "node:http";
import type { AddressList } from "./address-list.ts";

/**
 * The address a request came from, or undefined when no trusted proxy vouches for one. `X-Forwarded-For` is read from
 * its end, where each proxy adds the peer it saw, for as long as proxies of ours speak; what stands before that could
 * have been written by anybody.
 */
export function clientAddressOf(request: IncomingMessage, trustedProxies: AddressList): string | undefined {
  const peer = request.socket.remoteAddress;
  const header = request.headers["x-forwarded-for"];
  if (header === undefined || !trustedProxies.has(peer)) return peer;
  const hops = String(header).split(",");
  let client: string | undefined;
  do client = bareAddress(hops.pop() ?? "");
  while (hops.length > 0 && trustedProxies.has(client));
  return client;
}

/** Some proxies add the port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
function bareAddress(hop: string): string {
  const text = hop.trim();
  const withPort = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  return withPort?.[1] ?? text;
}
