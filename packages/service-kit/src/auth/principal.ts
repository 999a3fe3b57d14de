import type { Response } from "express";

/** A session that somebody works through. Times are Unix milliseconds. */
export interface PrincipalSession {
  id: string;
  expiresAt: number;
  /** Null: somebody signed in with the key itself. */
  accessLinkId: string | null;
  /** The page that may show the portal in a frame; null: none. */
  embedOrigin: string | null;
}

/** Who is calling: an API key of an organization, perhaps of one of its accounts, perhaps through a session. */
export interface Principal {
  /** The key itself, or the one that the session ends with. */
  apiKeyId: string;
  organizationId: string;
  /** Null: it acts for the whole organization. */
  accountId: string | null;
  scopes: readonly string[];
  /** The key's display name. */
  name: string;
  /** Absent: the key itself. */
  session?: PrincipalSession;
}

/** A link that is neither used nor expired, shown by who wants a session. `expiresAt` is Unix milliseconds. */
export interface ShownAccessLink {
  id: string;
  expiresAt: number;
  embedOrigin: string | null;
}

declare global {
  namespace Express {
    interface Locals {
      carewirePrincipal?: Principal;
      carewireAccessLink?: ShownAccessLink;
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

/** Remembers the link that a session is asked for with. */
export function setAccessLink(res: Response, link: ShownAccessLink): void {
  res.locals.carewireAccessLink = link;
}

/** The link that a session is asked for with; null: it is asked for with an API key. */
export function accessLinkOf(res: Response): ShownAccessLink | null {
  return res.locals.carewireAccessLink ?? null;
}
