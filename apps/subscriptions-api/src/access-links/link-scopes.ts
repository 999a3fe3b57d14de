import type { Scope } from "@carewire/contracts";
import { hasScope, type Principal } from "@carewire/service-kit";

/** What managing one's own endpoints takes. Not among them: API keys, accounts, publishing, the audit trail. */
const defaultScopes: readonly Scope[] = [
  "events:read",
  "payloads:read",
  "event_types:read",
  "subscriptions:read",
  "subscriptions:write",
  "secrets:read",
  "deliveries:read",
  "deliveries:write",
];

/** The scopes of a link, or those asked for that its maker lacks. */
export type LinkScopes = { ok: true; scopes: Scope[] } | { ok: false; beyond: Scope[] };

/** Which scopes a link gets: what was asked for, else the default ones that its maker has. */
export function linkScopesFor(maker: Principal, given: readonly Scope[] | undefined): LinkScopes {
  if (given === undefined)
    return { ok: true, scopes: defaultScopes.filter((scope) => hasScope(maker, scope)) };
  const beyond = given.filter((scope) => !hasScope(maker, scope));
  return beyond.length === 0 ? { ok: true, scopes: [...given] } : { ok: false, beyond };
}
