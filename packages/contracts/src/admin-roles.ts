import type { Scope } from "./scopes.ts";

/** What somebody may do in dlq-admin; each role includes the ones before it. */
export const adminRoles = ["viewer", "operator", "admin"] as const;

export type AdminRole = (typeof adminRoles)[number];

/**
 * The one table of who may do what: a route names a scope, and a role holds the scopes of the roles before it too. A
 * viewer reads with payloads masked, an operator retries, discards and replays, an admin also reveals payloads, and with
 * `platform:admin` pauses and removes consumers.
 */
export const adminRoleScopes = {
  viewer: ["dlq:read"],
  operator: ["dlq:read", "dlq:write"],
  admin: ["dlq:read", "dlq:write", "dlq:admin"],
} as const satisfies Record<AdminRole, readonly Scope[]>;
