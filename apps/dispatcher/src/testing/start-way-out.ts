import type { EgressGuardOptions } from "@carewire/service-kit";
import { parseEgressProxy } from "@carewire/service-kit";
import { startConnectProxy, startSocksProxy } from "@carewire/testkit";

/** The ways out of a dispatcher: what it must survive is the same on all of them. */
export const waysOut = ["directly", "through HTTP CONNECT", "through SOCKS5"] as const;

/** Starts the proxy that a way needs, if any, and tells what the guard needs to take it. */
export async function startWayOut(
  way: (typeof waysOut)[number],
): Promise<{ egress: Partial<EgressGuardOptions>; close(): Promise<void> }> {
  if (way === "directly") return { egress: {}, close: async () => {} };
  const http = way === "through HTTP CONNECT";
  const proxy = await (http ? startConnectProxy() : startSocksProxy());
  const url = `${http ? "http" : "socks5"}://127.0.0.1:${proxy.port}`;
  return { egress: { proxy: parseEgressProxy(url) }, close: proxy.close };
}
