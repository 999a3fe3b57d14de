import { type Sql, withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { hasScope, type Principal, problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import type postgres from "postgres";

/** What a request may see and change: one organization's, or, null, every organization's. */
export interface Access {
  organizationId: string | null;
}

export type GrantedAccess = { ok: true; access: Access } | { ok: false; reason: Refusal };

type Refusal = "account" | "another_organization";

/**
 * A key works within its own organization. One that also has `platform:admin` works across all of them, or within the one
 * it names. Keys of accounts do not work at all: dead letters are the organization's.
 */
export function grantAccess(principal: Principal, organization: string | undefined): GrantedAccess {
  if (principal.accountId !== null) return { ok: false, reason: "account" };
  const isOperator = hasScope(principal, "platform:admin");
  if (organization === undefined) {
    return { ok: true, access: { organizationId: isOperator ? null : principal.organizationId } };
  }
  const organizationId = parsePublicId("org", organization);
  if (organizationId !== null && (isOperator || organizationId === principal.organizationId)) {
    return { ok: true, access: { organizationId } };
  }
  return { ok: false, reason: "another_organization" };
}

/** The answer to who has no access. */
export function refuseAccess(res: Response, reason: Refusal) {
  switch (reason) {
    case "account":
      return problemResult(res, "insufficient_scope", {
        detail: "Dead letters are the organization's; use a key that is not bound to an account.",
      });
    case "another_organization":
      return problemResult(res, "insufficient_scope", {
        detail: "organization_id may name your own organization only; others need the scope platform:admin.",
      });
  }
}

/** Runs `work` in one transaction that sees what the access allows: row level security for one organization. */
export function runWithin<Result>(
  sql: Sql,
  { organizationId }: Access,
  work: (tx: postgres.TransactionSql) => Promise<Result>,
): Promise<Result> {
  if (organizationId !== null) return withTenant(sql, organizationId, work);
  return sql.begin(work) as Promise<Result>;
}
