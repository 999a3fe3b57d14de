/**
 * What failed at the proxy: `proxy` when it serves nobody (away, wrong credentials, not a proxy), `destination` when it
 * would not or could not connect to this address and does not say that the address is to blame.
 */
export type EgressProxyFault = "proxy" | "destination";

/** The proxy's own failure, to be told apart from the endpoint's. The message holds no address and no credentials. */
export class EgressProxyError extends Error {
  readonly code = "egress_proxy_failed";
  readonly fault: EgressProxyFault;

  constructor(fault: EgressProxyFault, detail: string) {
    super(detail);
    this.name = "EgressProxyError";
    this.fault = fault;
  }
}

/** The endpoint's failure as a proxy reports it, with the code a direct connection would have failed with. */
export const endpointFault = (code: string, said: string): Error =>
  Object.assign(new Error(`the egress proxy reports: ${said}`), { code });
