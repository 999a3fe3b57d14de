import { type AdminRole, adminRoleScopes, adminRoles } from "@carewire/contracts";
import { publicId } from "@carewire/envelope";
import { type Principal, principalOf, setPrincipal } from "@carewire/service-kit";
import type { Response } from "express";

/** Who is calling, and what they may do here. Of a person that came through OIDC `apiKeyId` is their session's id. */
export interface Caller extends Principal {
  /** What the audit log calls them: `key_…` or `oidc:…`. */
  actor: string;
  role: AdminRole;
}

declare global {
  namespace Express {
    interface Locals {
      carewireCaller?: Caller;
    }
  }
}

/** The highest role that the scopes of a key make; null: none at all. */
export function roleOf(scopes: readonly string[]): AdminRole | null {
  return adminRoles.findLast((role) => scopes.includes(adminRoleScopes[role].at(-1) ?? "")) ?? null;
}

/** Remembers who is calling, with every scope their role holds. */
export function setCaller(res: Response, caller: Caller): void {
  const scopes = [...new Set([...caller.scopes, ...adminRoleScopes[caller.role]])];
  res.locals.carewireCaller = { ...caller, scopes };
  setPrincipal(res, { ...caller, scopes });
}

/** Takes over the key that the authenticator found; one without a role is left to the route's scope to refuse. */
export function adoptPrincipal(res: Response): void {
  const principal = principalOf(res);
  const role = roleOf(principal.scopes);
  if (role === null) return;
  setCaller(res, { ...principal, actor: publicId("key", principal.apiKeyId), role });
}

/** Who is calling. Throws when the route is not behind the authenticator, or names no scope: that is a bug. */
export function callerOf(res: Response): Caller {
  const caller = res.locals.carewireCaller;
  if (caller === undefined) throw new Error("this route is not behind the authenticator");
  return caller;
}
