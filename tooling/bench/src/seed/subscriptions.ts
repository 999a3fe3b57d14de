import { randomBytes } from "node:crypto";
import { newId } from "@carewire/envelope";
import type { BenchDatabase } from "./bench-database.ts";

export interface SeededSubscription {
  url: string;
  /** The one event type or pattern it asked for. */
  pattern: string;
}

const batchSize = 1_000;

/** Inserts subscriptions with sealed secrets, as `POST /v1/subscriptions` would. Returns their ids, in order. */
export async function seedSubscriptions(
  database: BenchDatabase,
  subscriptions: readonly SeededSubscription[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < subscriptions.length; start += batchSize) {
    ids.push(...(await insertBatch(database, subscriptions.slice(start, start + batchSize))));
  }
  return ids;
}

async function insertBatch(
  { sql, vault, organizationId }: BenchDatabase,
  batch: readonly SeededSubscription[],
): Promise<string[]> {
  const dataKey = await vault.dataKey(organizationId);
  const ids = batch.map(() => newId(Date.now()));
  const secretIds = batch.map(() => newId(Date.now()));
  const secrets = secretIds.map((id) =>
    dataKey
      .seal(`subscription_secrets:${id}`, Buffer.from(`whsec_${randomBytes(32).toString("base64")}`))
      .toString("hex"),
  );
  await sql`
    with input as materialized (
      select id, url, pattern, secret_id, decode(secret, 'hex') secret,
        (hashtextextended(id::text, 0) & 63)::smallint shard
      from unnest(${ids}::uuid[], ${batch.map(({ url }) => url)}::text[],
        ${batch.map(({ pattern }) => pattern)}::text[], ${secretIds}::uuid[], ${secrets}::text[])
        t(id, url, pattern, secret_id, secret)),
    subscribed as (
      insert into subscriptions (id, organization_id, name, url, events, shard, created_by)
      select id, ${organizationId}::uuid, 'bench', url, array[pattern], shard, 'bench' from input returning id),
    keyed as (
      insert into subscription_secrets (id, organization_id, subscription_id, secret)
      select secret_id, ${organizationId}::uuid, input.id, secret from input join subscribed using (id))
    insert into subscription_patterns (organization_id, pattern, subscription_id, shard)
    select ${organizationId}::uuid, pattern, input.id, shard from input join subscribed using (id)`;
  return ids;
}
