/** Why a connection did not carry the request and its answer. */
export type NetworkFault = "dns" | "connect" | "tls" | "reset" | "protocol";

/** What failed at the egress proxy: it serves nobody, or it would not connect to this destination. */
export type ProxyFault = "proxy" | "destination";

/** Everything that can come of one POST. Closed: `decide` handles each case. */
export type SendOutcome =
  | {
      kind: "response";
      status: number;
      /** Lower-case names; bounded by the client's header limit. */
      headers: Record<string, string>;
      /** The first 4 KiB at most. */
      body: Buffer;
      /** There was more than was kept, or the connection broke after the status line. */
      truncated: boolean;
    }
  | { kind: "timeout"; timeoutMs: number }
  | { kind: "network"; fault: NetworkFault; detail: string }
  | { kind: "not_allowed" }
  /** Our way out failed, not the endpoint: no attempt at it was made. */
  | { kind: "proxy_failed"; fault: ProxyFault; detail: string }
  /** The endpoint wants an OAuth2 token, and none could be had. */
  | { kind: "auth_failed"; detail: string }
  /** A mistake of ours; see the log. */
  | { kind: "internal_error" }
  /** There is nothing to send any more. */
  | { kind: "payload_erased" }
  /** It does not decrypt here and now: a new data key takes a minute to reach every process. */
  | { kind: "payload_unreadable" };

/** The outcome's class as stored with the attempt and counted in metrics. */
export function outcomeClass(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case "response":
      return `http_${Math.floor(outcome.status / 100)}xx`;
    case "network":
      return `network_${outcome.fault}`;
    default:
      return outcome.kind;
  }
}
