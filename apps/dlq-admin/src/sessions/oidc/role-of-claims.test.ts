import type { AdminRole } from "@carewire/contracts";
import { expect, test } from "vitest";
import { roleOfClaims } from "./role-of-claims.ts";

const roles = new Map<string, AdminRole>([
  ["support", "viewer"],
  ["on-call", "operator"],
  ["platform", "admin"],
]);

test.each([
  [{ roles: ["support"] }, "roles", "viewer"],
  [{ roles: "on-call" }, "roles", "operator"],
  [{ roles: ["support", "platform", "on-call"] }, "roles", "admin"],
  [{ realm_access: { roles: ["on-call"] } }, "realm_access.roles", "operator"],
  [{ roles: ["admin"] }, "roles", null],
  [{ roles: [] }, "roles", null],
  [{}, "roles", null],
  [{ roles: null }, "roles", null],
  [{ roles: { platform: true } }, "roles", null],
  [{ roles: [["platform"]] }, "roles.0.x", null],
  [{}, "constructor.name", null],
])("claims of %j by %s make %s", (claims, claim, role) => {
  expect(roleOfClaims(claims, claim, roles)).toBe(role);
});
