import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { Connector } from "../create-connector.ts";
import type { EgressProxy } from "./egress-proxy.ts";
import { openConnectTunnel } from "./open-connect-tunnel.ts";
import { openSocksTunnel } from "./open-socks-tunnel.ts";

/** What {@link createProxyConnect} needs. */
export interface ProxyConnectOptions {
  proxy: EgressProxy;
  /** Speaks TLS with the endpoint over the tunnel. */
  connectTls: Connector;
  /** For the proxy's connection, its answer and the endpoint's TLS each. */
  timeoutMs: number;
}

/**
 * Opens connections through a proxy. Takes what the guard pinned: `hostname` is an address, `servername` the name for
 * the certificate. TLS runs from here to the endpoint; the proxy moves bytes.
 */
export function createProxyConnect({ proxy, connectTls, timeoutMs }: ProxyConnectOptions): Connector {
  const openTunnel = proxy.kind === "connect" ? openConnectTunnel : openSocksTunnel;

  const secure = (options: buildConnector.Options, tunnel: Socket): Promise<Socket> =>
    new Promise<Socket>((resolve, reject) => {
      connectTls({ ...options, httpSocket: tunnel }, (error, socket) => {
        if (error === null) resolve(socket);
        else reject(error);
      });
    }).catch((error: unknown) => {
      tunnel.destroy();
      throw error;
    });

  async function open(options: buildConnector.Options): Promise<Socket> {
    const port = Number(options.port) || (options.protocol === "https:" ? 443 : 80);
    const tunnel = await openTunnel(proxy, { address: options.hostname, port }, timeoutMs);
    return options.protocol === "https:" ? secure(options, tunnel) : tunnel;
  }

  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}
