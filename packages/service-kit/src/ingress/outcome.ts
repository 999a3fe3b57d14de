/** What became of a request: the closed list that answers, metrics and logs are made from. */
export type Outcome =
  | { verdict: "accepted" | "duplicate" | "conflict"; eventId: string }
  /** Verified, but not an event: kept and dead-lettered. */
  | { verdict: "malformed"; reason: string }
  | { verdict: "unauthorized"; code: string }
  | { verdict: "insecure" }
  | { verdict: "unsupported_media_type"; detail: string }
  | { verdict: "too_large" }
  /** The sender went away before its body was complete. */
  | { verdict: "aborted" }
  /** Not stored, or not known to be: the sender must try again. */
  | { verdict: "unavailable"; error: unknown };

export type Verdict = Outcome["verdict"];
