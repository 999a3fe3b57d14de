import type { Scope } from "@carewire/contracts";

const words: Partial<Record<Scope, string>> = {
  "access_links:write": "create access links",
  "accounts:read": "see accounts",
  "accounts:write": "make accounts",
  "api_keys:read": "see API keys",
  "api_keys:write": "make and revoke API keys",
  "audit:read": "read the audit trail",
  "customers:read": "read customers",
  "customers:write": "change customers",
  "deliveries:read": "see deliveries",
  "deliveries:write": "replay and cancel deliveries",
  "dlq:admin": "work on dead letters",
  "event_types:read": "see the event catalog",
  "event_types:write": "define event types",
  "events:read": "see events",
  "events:write": "publish events",
  "internal:publish": "publish internal events",
  "leads:read": "read leads",
  "leads:write": "release leads",
  "payloads:delete": "erase payloads",
  "payloads:read": "see payloads",
  "platform:admin": "operate the platform",
  "resources:read": "fetch details",
  "secrets:read": "read signing secrets",
  "subscriptions:read": "see endpoints",
  "subscriptions:write": "change endpoints",
};

/** A scope as people say it; its own name where there are no words for it. */
export const scopeWords = (scope: Scope): string => words[scope] ?? scope;
