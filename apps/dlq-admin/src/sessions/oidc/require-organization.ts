import type { Sql } from "@carewire/db";
import type { OidcSettings } from "./oidc-settings.ts";

/** Throws when the organization is not there whose audit chain is to tell who signed in. */
export async function requireOrganization(sql: Sql, settings: OidcSettings | null): Promise<void> {
  if (settings === null) return;
  const [row] = await sql`select 1 from organizations where id = ${settings.organizationId}`;
  if (row === undefined) {
    throw new Error("OIDC_ORGANIZATION_ID names no organization; make it first, or correct the setting");
  }
}
