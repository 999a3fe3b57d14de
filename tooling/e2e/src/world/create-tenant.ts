import { randomBytes } from "node:crypto";
import { newId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import type { Sql } from "postgres";

export interface Tenant {
  organizationId: string;
  /** An API key with every scope these tests need. */
  key: string;
}

const scopes = [
  "events:write",
  "events:read",
  "payloads:read",
  "subscriptions:read",
  "subscriptions:write",
  "deliveries:read",
  "deliveries:write",
  "internal:publish",
  "dlq:admin",
  "customers:write",
  "leads:read",
  "leads:write",
  "payments:write",
  "resources:read",
  "event_types:read",
  "api_keys:read",
  "api_keys:write",
];

/** Makes an organization and its first API key straight in the database, as the installer does. */
export async function createTenant(sql: Sql): Promise<Tenant> {
  const organizationId = newId(Date.now());
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql`insert into organizations (id, name) values (${organizationId}, 'End to End Hospital')`;
  await sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${organizationId}, 'e2e', ${prefix}, ${hash}, ${scopes}, 'e2e')`;
  return { organizationId, key };
}
