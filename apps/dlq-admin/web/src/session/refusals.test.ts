import { describe, expect, it } from "vitest";
import type { User } from "../api/types.ts";
import { platformRefusalFor, refusalFor } from "./refusals.ts";

const userOf = (role: User["role"], allOrganizations = true) =>
  ({ role, all_organizations: allOrganizations }) as User;

describe("what a role refuses", () => {
  it.each([
    ["viewer", "viewer", false],
    ["viewer", "operator", true],
    ["operator", "operator", false],
    ["operator", "admin", true],
    ["admin", "admin", false],
    ["admin", "viewer", false],
  ] as const)("%s for what takes %s: %s", (has, takes, refused) => {
    expect(refusalFor(userOf(has), takes) !== null).toBe(refused);
  });

  it("is explained by naming both roles", () => {
    expect(refusalFor(userOf("viewer"), "operator")).toMatch(/viewer.*operator/);
  });

  it("includes what reaches across organizations for somebody of one", () => {
    expect(platformRefusalFor(userOf("admin", false), "viewer")).not.toBeNull();
    expect(platformRefusalFor(userOf("admin"), "admin")).toBeNull();
  });
});
