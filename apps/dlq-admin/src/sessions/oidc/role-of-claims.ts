import { type AdminRole, adminRoles } from "@carewire/contracts";

/** The value of a claim, by its steps; undefined when there is none. */
function claimAt(claims: Record<string, unknown>, path: string): unknown {
  let value: unknown = claims;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The highest role that a claim, a text or a list of texts, makes of somebody; null: none. */
export function roleOfClaims(
  claims: Record<string, unknown>,
  claim: string,
  roles: ReadonlyMap<string, AdminRole>,
): AdminRole | null {
  const held = [claimAt(claims, claim)].flat().map((value) => roles.get(String(value)));
  return adminRoles.findLast((role) => held.includes(role)) ?? null;
}
