import type { AdminRole } from "@carewire/contracts";
import type { User } from "../api/types.ts";

const ranks: Record<AdminRole, number> = { viewer: 0, operator: 1, admin: 2 };

/** Why somebody may not do what takes `role`; null when they may. The server decides; this only explains beforehand. */
export function refusalFor(user: User, role: AdminRole): string | null {
  return ranks[user.role] >= ranks[role]
    ? null
    : `You are signed in as ${user.role}. This takes the role ${role}.`;
}

/** The same, for what reaches across organizations. */
export function platformRefusalFor(user: User, role: AdminRole): string | null {
  if (!user.all_organizations) return "This takes access to every organization.";
  return refusalFor(user, role);
}
