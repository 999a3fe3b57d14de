import { buildConnector } from "undici";
import { checkUrl, type UrlCheck } from "./check-url.ts";
import { type Connector, createConnector } from "./create-connector.ts";
import { pinDestination } from "./pin-destination.ts";
import { type EgressPolicy, parsePolicy } from "./policy.ts";
import { createHostResolver, type ResolveHost } from "./resolve-host.ts";

/** A {@link UrlCheck} that also resolved the name; `destination_unresolvable` is for the caller to try again. */
export type DestinationCheck = UrlCheck | { outcome: "destination_unresolvable"; detail: string };

/** What {@link createEgressGuard} needs. */
export interface EgressGuardOptions {
  policy: EgressPolicy;
  /** Default: DNS queries of its own, 3 s at most. */
  resolve?: ResolveHost;
  /** Opens sockets for the connector. Default: undici's, HTTP/1.1 only. */
  connect?: Connector;
  /** For one address, TCP and TLS together. Default 5,000. */
  connectTimeoutMs?: number;
}

/** Keeps outbound requests on the public internet; the same rules for create, update, ping and delivery. */
export interface EgressGuard {
  /** Everything that can be said without resolving. Store the `url` it returns, not the text it was given. */
  checkUrl(text: string): UrlCheck;
  /** {@link checkUrl}, then resolves the name and checks every answer. For create and update; never throws. */
  checkDestination(text: string): Promise<DestinationCheck>;
  /** For `new Pool(origin, { connect: guard.connector })`; fails with `EgressError` before a socket opens. */
  connector: Connector;
}

const defaultConnectTimeoutMs = 5_000;

/**
 * Builds the guard. Throws when the policy has a malformed entry. Proxy variables of the environment are not honoured:
 * a proxy would resolve names again, out of the guard's sight.
 */
export function createEgressGuard(options: EgressGuardOptions): EgressGuard {
  const policy = parsePolicy(options.policy);
  const resolve = options.resolve ?? createHostResolver();
  const timeout = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  const connect = options.connect ?? buildConnector({ timeout, allowH2: false });

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
    connector: createConnector({ policy, resolve, connect }),
  };
}
