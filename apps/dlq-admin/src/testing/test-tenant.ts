import { randomBytes } from "node:crypto";
import type { Scope } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";

/** An organization with a key that may administrate its dead letters. */
export interface TestTenant {
  organizationId: string;
  /** `org_…` */
  organization: string;
  accountId: string;
  key: string;
  createKey(options?: { scopes?: Scope[]; accountId?: string }): Promise<string>;
}

/** Makes a tenant straight in the database. */
export async function createTenant(sql: Sql, name: string): Promise<TestTenant> {
  const [organizationId, accountId] = [newId(Date.now()), newId(Date.now())];
  await sql`insert into organizations (id, name) values (${organizationId}, ${name})`;
  await sql`insert into accounts (id, organization_id, name) values (${accountId}, ${organizationId}, ${name})`;

  async function createKey({
    scopes = ["dlq:admin"],
    accountId: bound,
  }: {
    scopes?: Scope[];
    accountId?: string;
  } = {}) {
    const { key, prefix, hash } = createApiKey(randomBytes);
    await sql`
      insert into api_keys (id, organization_id, account_id, name, prefix, key_hash, scopes, created_by)
      values (${newId(Date.now())}, ${organizationId}, ${bound ?? null}, 'test', ${prefix}, ${hash}, ${scopes}, 'test')`;
    return key;
  }

  const organization = publicId("org", organizationId);
  return { organizationId, organization, accountId, key: await createKey(), createKey };
}
