import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { EgressProxy } from "./egress-proxy.ts";
import { EgressProxyError } from "./egress-proxy-error.ts";

/**
 * Connects to the proxy itself, whose address the operator chose: it is not held against the guard's rules. Every
 * failure is the proxy's.
 */
export function openProxySocket(proxy: EgressProxy, timeoutMs: number): Promise<Socket> {
  const { host, port } = proxy;
  const secure = proxy.kind === "connect" && proxy.secure;
  return new Promise((resolve, reject) => {
    const socket = secure ? connectTls({ host, port, ALPNProtocols: ["http/1.1"] }) : connect({ host, port });
    const timer = setTimeout(() => fail("ETIMEDOUT"), timeoutMs);
    const fail = (code: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new EgressProxyError("proxy", `no connection to the egress proxy (${code})`));
    };
    socket.setNoDelay(true);
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // It stays: until the next owner listens, an unheard error would end the process.
    socket.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? "closed"));
  });
}
