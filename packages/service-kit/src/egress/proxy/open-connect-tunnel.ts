import { isIPv6, type Socket } from "node:net";
import { refusedConnect } from "./connect-answer.ts";
import type { EgressProxy } from "./egress-proxy.ts";
import { EgressProxyError, endpointFault } from "./egress-proxy-error.ts";
import { openProxySocket } from "./open-proxy-socket.ts";

// Not imported: see `service/http-server.ts`.
const { request } = process.getBuiltinModule("node:http");

const answerBytesMax = 16_384;

function connectHeaders(proxy: EgressProxy, authority: string): Record<string, string> {
  if (proxy.username === "") return { host: authority };
  const credentials = Buffer.from(`${proxy.username}:${proxy.password}`).toString("base64");
  return { host: authority, "proxy-authorization": `Basic ${credentials}` };
}

/** Asks an HTTP proxy for a tunnel to an address (never a name: the proxy must not resolve anything). */
export async function openConnectTunnel(
  proxy: EgressProxy,
  target: { address: string; port: number },
  timeoutMs: number,
): Promise<Socket> {
  const socket = await openProxySocket(proxy, timeoutMs);
  const host = isIPv6(target.address) ? `[${target.address}]` : target.address;
  const authority = `${host}:${target.port}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      createConnection: () => socket,
      method: "CONNECT",
      path: authority,
      headers: connectHeaders(proxy, authority),
      maxHeaderSize: answerBytesMax,
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    // The proxy took the request and is waiting itself, most likely for the endpoint.
    const timer = setTimeout(() => fail(endpointFault("ETIMEDOUT", "no answer in time")), timeoutMs);
    asked.once("connect", (answer, _socket, early) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 299) return fail(refusedConnect(status, answer.headers));
      clearTimeout(timer);
      if (early.length > 0) socket.unshift(early);
      resolve(socket);
    });
    asked.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code ?? "closed";
      fail(new EgressProxyError("proxy", `the egress proxy broke off CONNECT (${code})`));
    });
    asked.end();
  });
}
