import type { Vault } from "@carewire/bus";
import { apiContract, type SignatureScheme } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { announce, wakeRouting } from "./announce.ts";
import {
  expireSecrets,
  insertSecret,
  liveSecretsMax,
  readLiveSecrets,
  type SecretStore,
} from "./live-secrets.ts";
import { noSubscription } from "./no-subscription.ts";
import { problemOfMistakes } from "./problem-of-mistakes.ts";
import { createSecret, publicKeyOf, type SigningKind, secretMistake } from "./signing-secret.ts";
import { kindOf, lockSubscription, type SubscriptionRow } from "./subscription-row.ts";
import { tooManySecrets } from "./too-many-secrets.ts";

export interface RotateDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
}

interface Rotation {
  /** Null: make one. */
  secret: string | null;
  overlapSeconds: number;
  /** What it is going to sign for; default: what the subscription is signed with now. */
  scheme?: SignatureScheme;
}

export type RotationOutcome =
  | { outcome: "rotated"; secret: string; publicKey: string | null; previousExpiresAt: Date }
  | { outcome: "not_found" }
  | { outcome: "too_many_secrets" }
  /** What was given is the newest secret already; nothing was changed. */
  | { outcome: "is_current"; message: string }
  | { outcome: "refused"; message: string };

async function rotate(
  tx: postgres.TransactionSql,
  row: SubscriptionRow,
  store: SecretStore,
  { overlapSeconds }: Rotation,
  kind: SigningKind,
  secret: string,
): Promise<RotationOutcome> {
  const live = await readLiveSecrets(tx, store);
  const known = live.findIndex((other) => other.secret === secret);
  if (known >= 0) {
    const message = "is in force already; give another one, or none";
    return { outcome: known === 0 ? "is_current" : "refused", message };
  }
  if (overlapSeconds > 0 && live.length >= liveSecretsMax) return { outcome: "too_many_secrets" };
  const previousExpiresAt = new Date(store.now.getTime() + overlapSeconds * 1_000);
  await expireSecrets(tx, live, previousExpiresAt);
  await insertSecret(tx, store, secret, live);
  const publicKey = publicKeyOf(kind, secret);
  await tx`
    update subscriptions set public_key = ${publicKey}, version = version + 1, updated_at = ${store.now}
    where id = ${row.id}`;
  return { outcome: "rotated", secret, publicKey, previousExpiresAt };
}

/** Replaces the newest secret of the caller's subscription; those before it sign along for the overlap. */
export async function rotateSecret(
  { sql, vault, clock, random }: RotateDeps,
  principal: Principal,
  given: string,
  rotation: Rotation,
): Promise<RotationOutcome> {
  const { organizationId } = principal;
  const dataKey = await vault.dataKey(organizationId);
  return withTenant(sql, organizationId, async (tx): Promise<RotationOutcome> => {
    const row = await lockSubscription(tx, principal, given);
    if (row === null) return { outcome: "not_found" };
    const { keyType, scheme } = kindOf(row);
    const kind = { keyType, scheme: rotation.scheme ?? scheme };
    const mistake = rotation.secret === null ? null : secretMistake(kind, rotation.secret);
    if (mistake !== null) return { outcome: "refused", message: mistake };
    const now = new Date(clock.now());
    const store = { organizationId, subscriptionId: row.id, dataKey, now };
    const rotated = await rotate(
      tx,
      row,
      store,
      rotation,
      kind,
      rotation.secret ?? createSecret(kind, random),
    );
    if (rotated.outcome !== "rotated") return rotated;
    await announce(tx, vault, row, { type: "endpoint.updated", fields: ["secret"] }, now);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "subscription.secret_rotated",
      target: given,
      detail: { given: rotation.secret !== null, overlap_seconds: rotation.overlapSeconds },
      now,
    });
    return rotated;
  });
}

/** `POST /v1/subscriptions/:id/rotate-secret` */
export function createRotateSecret(deps: RotateDeps) {
  return initServer().route(apiContract.subscriptions.rotateSecret, async ({ params, body, res }) => {
    const rotation = { secret: body.secret ?? null, overlapSeconds: body.overlap_seconds };
    const rotated = await rotateSecret(deps, principalOf(res), params.id, rotation);
    switch (rotated.outcome) {
      case "rotated": {
        await wakeRouting(deps.sql);
        const { secret, publicKey: public_key, previousExpiresAt } = rotated;
        return {
          status: 200,
          body: { secret, public_key, previous_expires_at: previousExpiresAt.toISOString() },
        };
      }
      case "not_found":
        return noSubscription(res);
      case "too_many_secrets":
        return tooManySecrets(res);
      case "is_current":
      case "refused": {
        const item = { path: "secret", message: rotated.message, code: "invalid_secret" };
        return problemResult(res, "validation_failed", problemOfMistakes([item]));
      }
    }
  });
}
