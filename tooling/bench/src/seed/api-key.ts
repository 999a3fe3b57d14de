import { randomBytes } from "node:crypto";
import { newId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";
import type { BenchDatabase } from "./bench-database.ts";

/** Makes an API key that may publish; returns its text. */
export async function seedApiKey({ sql, organizationId }: BenchDatabase): Promise<string> {
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql`insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
    values (${newId(Date.now())}, ${organizationId}, 'bench', ${prefix}, ${hash}, '{events:write}', 'bench')`;
  return key;
}
