import type { DataKey, Vault } from "@carewire/bus";
import { apiContract, type UpdateSubscription } from "@carewire/contracts";
import { appendAudit, resetEndpointHealth, type Sql, unorderDeliveries, withTenant } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { type Principal, principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { actorOf } from "../tenancy/actor.ts";
import { announce, wakeRouting, wakeSending } from "./announce.ts";
import { changedColumns } from "./changed-columns.ts";
import type { DestinationGuard } from "./check-destination.ts";
import { noSubscription } from "./no-subscription.ts";
import { prepareChoices, type Refusal } from "./prepare-choices.ts";
import { problemOfMistakes } from "./problem-of-mistakes.ts";
import type { AcceptedCertificate } from "./protected-columns.ts";
import { refitSecrets } from "./refit-secrets.ts";
import type { SigningKind } from "./signing-secret.ts";
import { kindOf, lockSubscription, presentSubscription, type SubscriptionRow } from "./subscription-row.ts";
import { applyActive } from "./switch-active.ts";
import { tooManySecrets } from "./too-many-secrets.ts";
import { writePatterns } from "./write-patterns.ts";

export interface UpdateDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  guard: DestinationGuard;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
}

/** A body that was checked, and what applying it needs besides. */
interface Change {
  given: UpdateSubscription;
  certificate: AcceptedCertificate | null;
  dataKey: DataKey;
  now: Date;
}

type UpdateOutcome =
  | { outcome: "updated"; row: SubscriptionRow }
  | { outcome: "not_found" }
  | { outcome: "too_many_secrets" }
  | Refusal;

const isSameKind = (a: SigningKind, b: SigningKind): boolean =>
  a.scheme === b.scheme && a.keyType === b.keyType;

async function writeColumns(
  tx: postgres.TransactionSql,
  id: string,
  columns: Record<string, postgres.SerializableParameter>,
): Promise<SubscriptionRow> {
  const [row] = await tx<SubscriptionRow[]>`
    update subscriptions set ${tx(columns)}, version = version + 1 where id = ${id} returning *`;
  if (row === undefined) throw new Error("a locked subscription vanished");
  return row;
}

async function applyChange(
  tx: postgres.TransactionSql,
  deps: UpdateDeps,
  before: SubscriptionRow,
  change: Change,
): Promise<UpdateOutcome> {
  const { given, dataKey, now } = change;
  const changed = changedColumns(tx, before, change);
  if (changed.mistakes.length > 0) {
    return { outcome: "refused", code: "validation_failed", details: problemOfMistakes(changed.mistakes) };
  }
  const columns: Record<string, postgres.SerializableParameter> = { ...changed.columns, updated_at: now };
  if (!isSameKind(kindOf(before), changed.kind)) {
    const store = { organizationId: before.organization_id, subscriptionId: before.id, dataKey, now };
    const refit = await refitSecrets(tx, store, changed.kind, deps.random);
    if (refit.outcome === "too_many_secrets") return refit;
    columns.public_key = refit.publicKey;
  }
  const row = await writeColumns(tx, before.id, columns);
  const { events, filter, ordering } = given;
  if (events !== undefined || filter !== undefined || ordering !== undefined) await writePatterns(tx, row);
  await applyActive(tx, before, row);
  if (before.ordering === "fifo" && row.ordering === "none") await unorderDeliveries(tx, row.id);
  // What failed was another endpoint.
  if (before.url !== row.url) await resetEndpointHealth(tx, row.id);
  return { outcome: "updated", row };
}

function updateSubscription(
  deps: UpdateDeps,
  principal: Principal,
  given: string,
  change: Change,
): Promise<UpdateOutcome> {
  const { organizationId } = principal;
  return withTenant(deps.sql, organizationId, async (tx): Promise<UpdateOutcome> => {
    const before = await lockSubscription(tx, principal, given);
    if (before === null) return { outcome: "not_found" };
    const fields = Object.keys(change.given).sort();
    if (fields.length === 0) return { outcome: "updated", row: before };
    const applied = await applyChange(tx, deps, before, change);
    if (applied.outcome !== "updated") return applied;
    await announce(tx, deps.vault, applied.row, { type: "endpoint.updated", fields }, change.now);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "subscription.updated",
      target: given,
      detail: { fields, version: applied.row.version },
      now: change.now,
    });
    return applied;
  });
}

/** Checks a change and applies it. `given` is a public id. */
export async function changeSubscription(
  deps: UpdateDeps,
  principal: Principal,
  given: string,
  body: UpdateSubscription,
): Promise<UpdateOutcome> {
  const now = new Date(deps.clock.now());
  const prepared = await prepareChoices(deps.guard, body, now);
  if (prepared.outcome === "refused") return prepared;
  const dataKey = await deps.vault.dataKey(principal.organizationId);
  const change = { given: prepared.given, certificate: prepared.certificate, dataKey, now };
  const outcome = await updateSubscription(deps, principal, given, change);
  if (outcome.outcome !== "updated") return outcome;
  await wakeRouting(deps.sql);
  // What was released is due now.
  if (body.active || body.ordering === "none") await wakeSending(deps.sql, outcome.row);
  return outcome;
}

/** `PATCH /v1/subscriptions/:id` */
export function createUpdateSubscription(deps: UpdateDeps) {
  return initServer().route(apiContract.subscriptions.update, async ({ params, body, res }) => {
    const outcome = await changeSubscription(deps, principalOf(res), params.id, body);
    switch (outcome.outcome) {
      case "updated":
        return { status: 200, body: presentSubscription(outcome.row) };
      case "not_found":
        return noSubscription(res);
      case "refused":
        return problemResult(res, outcome.code, outcome.details);
      case "too_many_secrets":
        return tooManySecrets(res);
    }
  });
}
