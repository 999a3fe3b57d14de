import type { DataKey } from "@carewire/bus";
import type { Queryable } from "@carewire/db";
import { newId, timestampOfId } from "@carewire/envelope";
import { secretAad } from "./signing-secret.ts";

/** Secrets of one subscription that may sign at the same time. Receivers stop reading at 16 signatures. */
export const liveSecretsMax = 5;

/** A secret in force. */
export interface LiveSecret {
  id: string;
  secret: string;
}

/** A subscription's secrets, and what opens them. */
export interface SecretStore {
  organizationId: string;
  subscriptionId: string;
  dataKey: DataKey;
  now: Date;
}

/** The secrets in force, newest first. */
export async function readLiveSecrets(
  tx: Queryable,
  { subscriptionId, dataKey, now }: SecretStore,
): Promise<LiveSecret[]> {
  const rows = await tx<{ id: string; secret: Buffer }[]>`
    select id, secret from subscription_secrets
    where subscription_id = ${subscriptionId} and (expires_at is null or expires_at > ${now}) order by id desc`;
  return rows.map(({ id, secret }) => ({ id, secret: dataKey.open(secretAad(id), secret).toString("utf8") }));
}

/** Adds a secret that is newer than all of `live`, whatever the clocks of those who made them said. */
export async function insertSecret(
  tx: Queryable,
  { organizationId, subscriptionId, dataKey, now }: SecretStore,
  secret: string,
  live: readonly LiveSecret[],
): Promise<void> {
  const newestMs = Math.max(now.getTime(), ...live.map(({ id }) => timestampOfId(id) + 1));
  const id = newId(newestMs);
  await tx`
    insert into subscription_secrets (id, organization_id, subscription_id, secret)
    values (${id}, ${organizationId}, ${subscriptionId}, ${dataKey.seal(secretAad(id), Buffer.from(secret))})`;
}

/** Lets secrets expire then, unless they do so before. */
export async function expireSecrets(
  tx: Queryable,
  secrets: readonly LiveSecret[],
  expiresAt: Date,
): Promise<void> {
  if (secrets.length === 0) return;
  await tx`
    update subscription_secrets set expires_at = least(coalesce(expires_at, 'infinity'), ${expiresAt})
    where id = any(${secrets.map(({ id }) => id)}::uuid[])`;
}
