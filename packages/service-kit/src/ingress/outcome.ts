import type { Reply } from "./provider.ts";

/** What became of a request: the closed list that answers, metrics and logs are made from. */
export type Outcome =
  | { verdict: "accepted" | "duplicate" | "conflict"; eventId: string; reply?: Reply }
  /** Verified, but not an event: kept and dead-lettered. */
  | { verdict: "malformed"; reason: string; reply?: Reply }
  | { verdict: "unauthorized"; code: string }
  /** The address itself is none of ours. */
  | { verdict: "not_found" }
  /** Of a provider that signs nothing, about something we do not know: told 200, not kept. */
  | { verdict: "ignored" }
  /** Of a provider that signs nothing, without anything to know it by: not kept. */
  | { verdict: "unreadable"; reason: string }
  | { verdict: "insecure" }
  /** Not from an address, or not with a client certificate, that the source allows. */
  | { verdict: "forbidden"; reason: "address" | "certificate" }
  /** Verified, but more than the source may send. */
  | { verdict: "rate_limited"; retryAfterSeconds: number }
  | { verdict: "unsupported_media_type"; detail: string }
  | { verdict: "too_large" }
  /** The sender went away before its body was complete. */
  | { verdict: "aborted" }
  /** Not stored, or not known to be: the sender must try again. */
  | { verdict: "unavailable"; error: unknown };

export type Verdict = Outcome["verdict"];

/** The verdicts on requests that were verified and stored, in whatever way. */
export type StoredVerdict = "accepted" | "duplicate" | "conflict" | "malformed";
