import type { Principal, ShownAccessLink } from "./principal.ts";

/** What the database knows about a live credential. `expiresAt` is Unix milliseconds, null: never. */
export interface FoundCredential {
  principal: Principal;
  expiresAt: number | null;
}

/** The same of a link, which is no caller yet. */
export interface FoundAccessLink extends FoundCredential {
  link: ShownAccessLink;
}

/** The columns that every credential has. */
export interface CredentialRow {
  api_key_id: string;
  organization_id: string;
  account_id: string | null;
  name: string;
  scopes: string[];
  expires_at: Date | null;
}

/** Who a row speaks for. */
export const principalOfRow = (row: CredentialRow): Principal => ({
  apiKeyId: row.api_key_id,
  organizationId: row.organization_id,
  accountId: row.account_id,
  scopes: row.scopes,
  name: row.name,
});
