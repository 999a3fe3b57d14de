import { randomBytes } from "node:crypto";
import { type Scope, scopes } from "@carewire/contracts";
import { connect, type Sql } from "@carewire/db";
import { newId, parsePublicId, publicId } from "@carewire/envelope";
import { createApiKey, hashApiKey } from "@carewire/service-kit";
import type { DemoState, RememberedState } from "./state.ts";

export type Seeded = Pick<DemoState, "api_key" | "admin_api_key" | "organization_id">;

export interface SeedOptions {
  databaseUrl: string;
  /** Keys and organization of an earlier start are kept when the database still has them. */
  remembered: RememberedState;
}

const organizationName = "Demo organization";
const accountName = "Demo account";
const createdBy = "local stack";
const providers = ["stripe"];

/** What only the platform's operators may do; a customer's own key may do everything else. */
const operatorScopes: Scope[] = ["internal:publish", "dlq:read", "dlq:write", "dlq:admin", "platform:admin"];
const everydayScopes = scopes.filter((scope) => !operatorScopes.includes(scope));

/**
 * Makes the demo organization with its account, API keys and one default source per provider. Running it again
 * changes nothing; a key that demo.json no longer knows is replaced and the old one revoked.
 */
export async function seed({ databaseUrl, remembered }: SeedOptions): Promise<Seeded> {
  const sql = connect({ url: databaseUrl, max: 1, applicationName: "carewire-seed" });
  try {
    const organizationId = await ensureOrganization(sql, remembered.organization_id);
    for (const provider of providers) {
      await sql`insert into sources (id, organization_id, provider, name)
        values (${newId(Date.now())}, ${organizationId}, ${provider}, 'default') on conflict do nothing`;
    }
    const key = (name: string, allowed: readonly Scope[], known: string | undefined) =>
      ensureApiKey(sql, { organizationId, name, allowed, known });
    return {
      api_key: await key("demo", everydayScopes, remembered.api_key),
      admin_api_key: await key("demo admin", scopes, remembered.admin_api_key),
      organization_id: publicId("org", organizationId),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function ensureOrganization(sql: Sql, remembered: string | undefined): Promise<string> {
  const known = remembered ? parsePublicId("org", remembered) : null;
  const [found] = await sql<{ id: string }[]>`select id from organizations
    where id = ${known} or name = ${organizationName} order by id = ${known} desc, created_at limit 1`;
  if (found) return found.id;
  const organizationId = known ?? newId(Date.now());
  await sql.begin(async (tx) => {
    await tx`insert into organizations (id, name) values (${organizationId}, ${organizationName})`;
    await tx`insert into accounts (id, organization_id, name)
      values (${newId(Date.now())}, ${organizationId}, ${accountName})`;
  });
  return organizationId;
}

interface WantedApiKey {
  organizationId: string;
  name: string;
  allowed: readonly Scope[];
  /** The key's text, when an earlier start made it. */
  known: string | undefined;
}

async function ensureApiKey(
  sql: Sql,
  { organizationId, name, allowed, known }: WantedApiKey,
): Promise<string> {
  if (known) {
    const kept = await sql`update api_keys set scopes = ${[...allowed]}
      where organization_id = ${organizationId} and key_hash = ${hashApiKey(known)} and revoked_at is null`;
    if (kept.count > 0) return known;
  }
  const { key, prefix, hash } = createApiKey(randomBytes);
  await sql.begin(async (tx) => {
    await tx`update api_keys set revoked_at = now()
      where organization_id = ${organizationId} and name = ${name} and created_by = ${createdBy} and revoked_at is null`;
    await tx`insert into api_keys (id, organization_id, name, prefix, key_hash, scopes, created_by)
      values (${newId(Date.now())}, ${organizationId}, ${name}, ${prefix}, ${hash}, ${[...allowed]}, ${createdBy})`;
  });
  return key;
}
