import type { Vault } from "@carewire/bus";
import { apiContract, type CreateSubscription } from "@carewire/contracts";
import { appendAudit, type Sql } from "@carewire/db";
import { type Clock, newId, publicId } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { checkDestination, type DestinationGuard, destinationProblem } from "./check-destination.ts";
import { createSecret, secretAad } from "./signing-secret.ts";
import { presentSubscription, type SubscriptionRow } from "./subscription-row.ts";
import { writePatterns } from "./write-patterns.ts";

export interface CreateDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  guard: DestinationGuard;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
}

interface NewSubscription {
  body: CreateSubscription;
  url: string;
  accountId: string | null;
  sealedSecret: { id: string; blob: Buffer };
  now: Date;
}

async function insertSubscription(
  tx: postgres.TransactionSql,
  principal: Principal,
  { body, url, accountId, now }: NewSubscription,
): Promise<SubscriptionRow> {
  const id = newId(now.getTime());
  const [row] = await tx<SubscriptionRow[]>`
    insert into subscriptions (id, organization_id, account_id, name, description, url, events, active, retry_policy,
      max_retries, payload_format, signature_scheme, success_codes, metadata, shard, created_by, created_at, updated_at)
    values (${id}, ${principal.organizationId}, ${accountId}, ${body.name}, ${body.description}, ${url},
      ${body.events}, ${body.active}, ${body.retry_policy}, ${body.max_retries}, ${body.payload_format},
      ${body.signature_scheme}, ${body.success_codes}, ${tx.json(body.metadata)},
      (hashtextextended(${id}::text, 0) & 63)::smallint, ${actorOf(principal)}, ${now}, ${now})
    returning *`;
  if (row === undefined) throw new Error("insert into subscriptions returned no row");
  return row;
}

function storeSubscription(
  sql: Sql,
  principal: Principal,
  subscription: NewSubscription,
): Promise<SubscriptionRow> {
  const { organizationId } = principal;
  const { sealedSecret, now } = subscription;
  return sql.begin(async (tx) => {
    const row = await insertSubscription(tx, principal, subscription);
    await tx`
      insert into subscription_secrets (id, organization_id, subscription_id, secret)
      values (${sealedSecret.id}, ${organizationId}, ${row.id}, ${sealedSecret.blob})`;
    await writePatterns(tx, row);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "subscription.created",
      target: publicId("sub", row.id),
      detail: { events: row.events, active: row.active },
      now,
    });
    return row;
  });
}

/** `POST /v1/subscriptions`: the only answer that carries the secret unasked. */
export function createCreateSubscription({ sql, vault, clock, guard, random }: CreateDeps) {
  return initServer().route(apiContract.subscriptions.create, async ({ body, res }) => {
    const principal = principalOf(res);
    const account = await findAccount(sql, principal, body.account_id);
    if (!account.ok) return problemResult(res, "validation_failed", unknownAccount);
    const destination = await checkDestination(guard, body.url);
    if (!destination.ok) {
      return problemResult(res, "destination_not_allowed", destinationProblem(destination.detail));
    }
    const now = new Date(clock.now());
    const secret = body.secret ?? createSecret(random);
    const secretId = newId(now.getTime());
    const dataKey = await vault.dataKey(principal.organizationId);
    const row = await storeSubscription(sql, principal, {
      body,
      url: destination.url,
      accountId: account.accountId,
      sealedSecret: { id: secretId, blob: dataKey.seal(secretAad(secretId), Buffer.from(secret)) },
      now,
    });
    return { status: 201, body: { ...presentSubscription(row), secret } };
  });
}
