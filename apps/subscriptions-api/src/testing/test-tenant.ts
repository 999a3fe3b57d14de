import { randomBytes } from "node:crypto";
import { type Scope, scopes } from "@carewire/contracts";
import type { Sql } from "@carewire/db";
import { newId, publicId } from "@carewire/envelope";
import { createApiKey } from "@carewire/service-kit";

/** What an API key of a test may do and where; default: everything, in the whole organization, for ever. */
export interface KeyOptions {
  scopes?: readonly Scope[];
  accountId?: string | null;
  expiresAt?: Date | null;
}

/** One organization with an account and a key that may do everything. */
export interface TestTenant {
  organizationId: string;
  accountId: string;
  /** The account's public id. */
  account: string;
  key: string;
  /** Makes another key; returns it and its row's id. */
  createKey(options?: KeyOptions): Promise<{ key: string; id: string }>;
}

/** Makes a tenant straight in the database. */
export async function createTenant(sql: Sql, name: string): Promise<TestTenant> {
  const organizationId = newId(Date.now());
  const accountId = newId(Date.now());
  await sql`insert into organizations (id, name) values (${organizationId}, ${name})`;
  await sql`insert into accounts (id, organization_id, name) values (${accountId}, ${organizationId}, ${name})`;

  async function createKey(options: KeyOptions = {}) {
    const { key, prefix, hash } = createApiKey(randomBytes);
    const id = newId(Date.now());
    await sql`
      insert into api_keys (id, organization_id, account_id, name, prefix, key_hash, scopes, created_by, expires_at)
      values (${id}, ${organizationId}, ${options.accountId ?? null}, 'test', ${prefix}, ${hash},
        ${[...(options.scopes ?? scopes)]}, 'test', ${options.expiresAt ?? null})`;
    return { key, id };
  }

  const { key } = await createKey();
  return { organizationId, accountId, account: publicId("acc", accountId), key, createKey };
}
