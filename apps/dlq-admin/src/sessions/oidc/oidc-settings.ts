import type { AdminRole } from "@carewire/contracts";

/** How operators sign in with their company's account. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Where browsers reach dlq-admin, without a slash at the end. */
  publicUrl: string;
  /** The operators' own organization, by row id: its audit chain tells who signed in. */
  organizationId: string;
  /** The claim that holds roles or groups, dots between its steps: `realm_access.roles`. */
  roleClaim: string;
  /** What the values of that claim make of somebody; of several the highest counts. */
  roles: ReadonlyMap<string, AdminRole>;
  /** On the button. */
  label: string;
}

export const signInPath = "/session/oidc";
export const callbackPath = "/session/oidc/callback";
export const signOutPath = "/session/oidc/sign-out";
