import type { Socket } from "node:net";
import { SocksClient } from "socks";
import type { EgressProxy } from "./egress-proxy.ts";
import { EgressProxyError, endpointFault } from "./egress-proxy-error.ts";
import { openProxySocket } from "./open-proxy-socket.ts";

/** RFC 1928 replies that tell about the destination, by the library's names for them. */
const replyCodes: Record<string, string> = {
  NetworkUnreachable: "ENETUNREACH",
  HostUnreachable: "EHOSTUNREACH",
  ConnectionRefused: "ECONNREFUSED",
  TTLExpired: "ETIMEDOUT",
};
/** Replies that are about this destination, without saying that it is to blame. */
const destinationReplies = new Set(["Failure", "NotAllowed"]);
const greetingAnswerBytes = 2;

/** The library tells its failures apart by their messages only. */
function failureOf(message: string, socket: Socket): Error {
  const reply = /rejected connection - (\w+)$/.exec(message)?.[1];
  const code = reply === undefined ? undefined : replyCodes[reply];
  if (reply !== undefined && code !== undefined) return endpointFault(code, reply);
  if (reply !== undefined) {
    const fault = destinationReplies.has(reply) ? "destination" : "proxy";
    return new EgressProxyError(fault, `the egress proxy refused the connection (SOCKS ${reply})`);
  }
  if (/Authentication failed|no accepted authentication/.test(message))
    return new EgressProxyError("proxy", "the egress proxy refused our credentials (SOCKS)");
  if (!message.includes("timed out"))
    return new EgressProxyError("proxy", "the egress proxy broke off the SOCKS negotiation");
  // It spoke to us and then waited itself, most likely for the endpoint.
  return socket.bytesRead >= greetingAnswerBytes
    ? endpointFault("ETIMEDOUT", "no answer in time")
    : new EgressProxyError("proxy", "the egress proxy did not answer in time (SOCKS)");
}

/** Asks a SOCKS5 proxy for a connection to an address (never a name: the proxy must not resolve anything). */
export async function openSocksTunnel(
  proxy: EgressProxy,
  target: { address: string; port: number },
  timeoutMs: number,
): Promise<Socket> {
  const existing = await openProxySocket(proxy, timeoutMs);
  const { host, port, username, password } = proxy;
  try {
    const { socket } = await SocksClient.createConnection({
      command: "connect",
      destination: { host: target.address, port: target.port },
      existing_socket: existing,
      proxy: { type: 5, host, port, ...(username === "" ? {} : { userId: username, password }) },
      timeout: timeoutMs,
    });
    return socket;
  } catch (error) {
    existing.destroy();
    throw failureOf(error instanceof Error ? error.message : "", existing);
  }
}
