import { buildConnector } from "undici";
import { checkUrl, type UrlCheck } from "./check-url.ts";
import { type Connector, createConnector } from "./create-connector.ts";
import { pinDestination } from "./pin-destination.ts";
import { type EgressPolicy, parsePolicy } from "./policy.ts";
import { createProxyConnect } from "./proxy/create-proxy-connect.ts";
import type { EgressProxy } from "./proxy/egress-proxy.ts";
import { requirePeer } from "./require-peer.ts";
import { createHostResolver, type ResolveHost } from "./resolve-host.ts";

/** A {@link UrlCheck} that also resolved the name; `destination_unresolvable` is for the caller to try again. */
export type DestinationCheck = UrlCheck | { outcome: "destination_unresolvable"; detail: string };

/** What this side shows when an endpoint asks who is calling (mutual TLS); both in PEM. */
export interface ClientCertificate {
  /** The certificate, and the chain after it if there is one. */
  certificate: string;
  key: string;
}

/** What {@link createEgressGuard} needs. */
export interface EgressGuardOptions {
  policy: EgressPolicy;
  /** Default: DNS queries of its own, 3 s at most. */
  resolve?: ResolveHost;
  /** Every connection goes through it. Default none. */
  proxy?: EgressProxy | null;
  /** Opens sockets for the connector. Default: undici's, HTTP/1.1 only. */
  connect?: Connector;
  /** For one address, TCP and TLS together; behind a proxy for each of its steps. Default 5,000. */
  connectTimeoutMs?: number;
}

/** Keeps outbound requests on the public internet; the same rules for create, update, ping and delivery. */
export interface EgressGuard {
  /** Everything that can be said without resolving. Store the `url` it returns, not the text it was given. */
  checkUrl(text: string): UrlCheck;
  /** {@link checkUrl}, then resolves the name and checks every answer. For create and update; never throws. */
  checkDestination(text: string): Promise<DestinationCheck>;
  /**
   * For `new Pool(origin, { connect: guard.connector })`. Fails with `EgressError` before a socket opens, and with
   * `EgressProxyError` when the proxy is to blame.
   */
  connector: Connector;
  /**
   * A connector that shows a certificate when asked. Its connections are authenticated: give it a Pool of its own, which
   * only the certificate's owner uses. TLS sessions are not shared with other connectors either.
   */
  connectorWith(certificate: ClientCertificate): Connector;
}

const defaultConnectTimeoutMs = 5_000;

/**
 * Builds the guard. Throws when the policy has a malformed entry. Proxy variables of the environment are not honoured:
 * a proxy given here is asked for checked addresses, so that it cannot resolve names again, out of the guard's sight.
 */
export function createEgressGuard(options: EgressGuardOptions): EgressGuard {
  const policy = parsePolicy(options.policy);
  const resolve = options.resolve ?? createHostResolver();
  const timeout = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  const { proxy = null } = options;

  function guarded(connectPinned: Connector): Connector {
    const connect =
      proxy === null
        ? requirePeer(connectPinned)
        : createProxyConnect({ proxy, connectTls: connectPinned, timeoutMs: timeout });
    return createConnector({ policy, resolve, connect });
  }

  return {
    checkUrl: (text) => checkUrl(policy, text),
    async checkDestination(text) {
      const checked = checkUrl(policy, text);
      if (checked.outcome !== "allowed") return checked;
      const { outcome } = await pinDestination(policy, resolve, new URL(checked.url));
      switch (outcome) {
        case "pinned":
          return checked;
        case "destination_not_allowed":
          return { outcome, detail: "This host is not on the public internet." };
        case "destination_unresolvable":
          return {
            outcome,
            detail: "This host name could not be resolved; check its spelling and DNS records.",
          };
      }
    },
    connector: guarded(options.connect ?? buildConnector({ timeout, allowH2: false })),
    connectorWith: ({ certificate, key }) =>
      guarded(buildConnector({ timeout, allowH2: false, cert: certificate, key })),
  };
}
