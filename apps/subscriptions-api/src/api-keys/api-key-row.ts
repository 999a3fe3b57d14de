import type { ApiKey } from "@carewire/contracts";
import type { apiKeys } from "@carewire/db/schema";
import { publicId } from "@carewire/envelope";
import { type Principal, problemResult } from "@carewire/service-kit";
import type { Response } from "express";
import type postgres from "postgres";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** The condition on `api_keys k` that keeps a caller to its organization and its account. */
export function visibleApiKeys(tx: postgres.TransactionSql, principal: Principal) {
  const ofAccount = principal.accountId === null ? tx`` : tx`and k.account_id = ${principal.accountId}`;
  return tx`k.organization_id = ${principal.organizationId} ${ofAccount}`;
}

const timestamp = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A key as it is shown; neither it nor its hash ever is. */
export function presentApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: publicId("key", row.id),
    account_id: row.account_id === null ? null : publicId("acc", row.account_id),
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    expires_at: timestamp(row.expires_at),
    revoked_at: timestamp(row.revoked_at),
    last_used_at: timestamp(row.last_used_at),
  };
}

/** The answer when the caller has no such key. */
export const noApiKey = (res: Response) =>
  problemResult(res, "not_found", { detail: "There is no such API key." });
