import type { Response } from "express";

/** Who is calling: an API key of an organization, perhaps of one of its accounts. */
export interface Principal {
  apiKeyId: string;
  organizationId: string;
  /** Null: the key acts for the whole organization. */
  accountId: string | null;
  scopes: readonly string[];
  /** The key's display name; audit entries call the actor by it. */
  name: string;
}

declare global {
  namespace Express {
    interface Locals {
      carewirePrincipal?: Principal;
    }
  }
}

/** Remembers the caller on the response. */
export function setPrincipal(res: Response, principal: Principal): void {
  res.locals.carewirePrincipal = principal;
}

/** The caller. Throws when the route is not behind the authenticator: that is a bug. */
export function principalOf(res: Response): Principal {
  const principal = res.locals.carewirePrincipal;
  if (principal === undefined) throw new Error("this route is not behind the authenticator");
  return principal;
}
