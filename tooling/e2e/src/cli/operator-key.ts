import { randomBytes } from "node:crypto";
import { newId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import type { Sql } from "postgres";

const scopes = [
  ...[
    "events:write",
    "events:read",
    "payloads:read",
    "event_types:read",
    "subscriptions:read",
    "subscriptions:write",
  ],
  ...[
    "secrets:read",
    "deliveries:read",
    "deliveries:write",
    "streams:connect",
    "audit:read",
    "internal:publish",
  ],
  ...["dlq:admin", "platform:admin"],
];

/** A key that may do everything the CLI does, straight in the database. */
export async function createOperatorKey(sql: Sql, organizationId: string): Promise<string> {
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql`
    insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${organizationId}, 'cli', ${prefix}, ${hash}, ${scopes}, 'e2e')`;
  return key;
}
