/** What an API key may be allowed to do. A key holds a list of these; each route names the one it needs. */
export const scopes = [
  "events:write", // publish events
  "events:read", // list and read events, without their payloads
  "payloads:read", // see payloads beside events and deliveries; every read is audited
  "payloads:delete", // erase an event's payload for good
  "event_types:read", // read the catalog of event types
  "event_types:write", // define, change and delete the organization's own event types
  "customers:write", // create and replace customers
  "customers:read", // read customers, with their personal data; every read is audited
  "leads:read", // list leads, and read them with their personal data; every such read is audited
  "leads:write", // release and discard leads that were held back
  "payments:write", // register mobile money payments
  "payments:read", // read mobile money payments
  "resources:read", // fetch the details of what events name; every read is audited
  "subscriptions:read", // list and read subscriptions, without their secrets
  "subscriptions:write", // create, change and delete subscriptions
  "secrets:read", // read a subscription's signing secret; every read is audited
  "deliveries:read", // list and read deliveries and their attempts
  "streams:connect", // receive a stream subscription's deliveries, and report what came of them
  "deliveries:write", // replay deliveries, one or many, and cancel them
  "accounts:read", // list the organization's accounts
  "accounts:write", // make accounts
  "api_keys:read", // list API keys; a key itself is never shown again
  "api_keys:write", // make API keys with at most the caller's own scopes, and revoke them
  "access_links:write", // make links into the portal, with at most the caller's own scopes
  "audit:read", // read and verify the audit chain
  "internal:publish", // publish internal envelopes, and see internal events
  "dlq:read", // see dead letters, inbound requests and deliveries with their payloads masked: a viewer
  "dlq:write", // with all of dlq:read: retry, discard and replay: an operator
  "dlq:admin", // with all of dlq:write: reveal payloads, which is audited: an admin
  "platform:admin", // with one of dlq: of every organization; with dlq:admin: pause and remove consumers. For the platform's operators
] as const;

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];

/** What every route of the contract says about itself in its `metadata`. */
export interface RouteMetadata {
  /** The caller must hold this scope, else 403 `insufficient_scope`; null: whoever has a live key or session may. */
  scope: Scope | null;
}
