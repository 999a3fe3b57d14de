import type { DataKey } from "@carewire/bus";
import { appendAudit } from "@carewire/db";
import { publicId } from "@carewire/envelope";
import type { Principal } from "@carewire/service-kit";
import type postgres from "postgres";
import { secretAad } from "../../subscriptions/signing-secret.ts";
import type { SubscriptionRow } from "../../subscriptions/subscription-row.ts";
import { actorOf } from "../../tenancy/actor.ts";

/** Whom the keys are read for, and what opens them. */
export interface KeyReader {
  principal: Principal;
  dataKey: DataKey;
  now: Date;
}

/** The key each of these webhooks is signed with now, by row id; on the audit chain in the same commit. */
export async function readSigningKeys(
  tx: postgres.TransactionSql,
  { principal, dataKey, now }: KeyReader,
  webhooks: readonly SubscriptionRow[],
): Promise<Map<string, string>> {
  const signed = webhooks.filter((row) => row.signature_scheme !== "none");
  if (signed.length === 0) return new Map();
  const rows = await tx<{ subscription_id: string; id: string; secret: Buffer }[]>`
    select distinct on (subscription_id) subscription_id, id, secret from subscription_secrets
    where subscription_id = any(${signed.map(({ id }) => id)}::uuid[])
      and (expires_at is null or expires_at > ${now})
    order by subscription_id, id desc`;
  await appendAudit(tx, {
    organizationId: principal.organizationId,
    actor: actorOf(principal),
    action: "subscription.secrets_listed",
    target: null,
    detail: { subscriptions: rows.map((row) => publicId("sub", row.subscription_id)) },
    now,
  });
  return new Map(
    rows.map((row) => [row.subscription_id, dataKey.open(secretAad(row.id), row.secret).toString("utf8")]),
  );
}
