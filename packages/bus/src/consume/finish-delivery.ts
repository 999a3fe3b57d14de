import type { Sql } from "@carewire/db";
import type { TransactionSql } from "postgres";
import { resolveDeadLetter } from "../dead-letters/resolve-dead-letter.ts";
import type { ClaimedDelivery } from "./claim-deliveries.ts";
import type { ConsumerDecision } from "./decide-consumer-outcome.ts";

/** An attempt's row, made once per attempt so that recording it again changes nothing. */
export interface AttemptRecord {
  id: string;
  startedAt: Date;
  durationMs: number;
}

/** The limits a handler's transaction runs under, milliseconds. */
export interface TransactionLimits {
  statementTimeoutMs: number;
  idleTimeoutMs: number;
}

/**
 * Locks the delivery's queue row for this transaction, so that nobody takes the lease over while the handler works.
 * False when somebody already did: the delivery is theirs and this transaction must change nothing.
 */
export async function lockLease(
  tx: TransactionSql,
  delivery: ClaimedDelivery,
  limits: TransactionLimits,
): Promise<boolean> {
  const rows = await tx`
    select set_config('statement_timeout', ${String(limits.statementTimeoutMs)}, true),
      set_config('idle_in_transaction_session_timeout', ${String(limits.idleTimeoutMs)}, true)
    from delivery_queue where id = ${delivery.id}::uuid and lease_token = ${delivery.leaseToken}::bigint for update`;
  return rows.length > 0;
}

/**
 * Records success in the handler's own transaction: effect and outcome commit together or not at all. What was a retry of
 * a dead letter resolves it.
 */
export async function finishDelivered(
  tx: TransactionSql,
  delivery: ClaimedDelivery,
  attempt: AttemptRecord,
): Promise<void> {
  await tx`
    with mine as (delete from delivery_queue
      where id = ${delivery.id}::uuid and lease_token = ${delivery.leaseToken}::bigint returning id, attempts),
    finished as (update deliveries d set status = 2, attempts = mine.attempts, finished_at = now()
      from mine where d.id = mine.id)
    insert into attempts
      (id, delivery_id, organization_id, n, outcome, duration_ms, next_step, reason, started_at)
    select ${attempt.id}::uuid, id, ${delivery.organizationId}::uuid, attempts, 'ok', ${attempt.durationMs}::int,
      'delivered', 'the handler and its effect committed', ${attempt.startedAt.toISOString()}::timestamptz from mine`;
  if (delivery.deadLetterId !== null) await resolveDeadLetter(tx, delivery.deadLetterId, delivery.id);
}

export type RetryDecision = Extract<ConsumerDecision, { step: "retry" }>;

/** Gives the lease back and sets when to try again. Changes nothing when the lease was taken over. */
export async function recordRetry(
  sql: Sql,
  delivery: ClaimedDelivery,
  attempt: AttemptRecord,
  decision: RetryDecision,
): Promise<void> {
  await sql`
    with mine as (update delivery_queue
      set due_at = now() + ${decision.delayMs}::int * interval '1 millisecond', lane = greatest(lane, 1),
        retries = least(retries + ${decision.countsAsFailure ? 1 : 0}, 32767), lease_token = null, lease_until = null,
        -- it ended with an outcome: it is no suspect any more
        suspect_runs = null
      where id = ${delivery.id}::uuid and lease_token = ${delivery.leaseToken}::bigint
      returning id, attempts, due_at)
    insert into attempts
      (id, delivery_id, organization_id, n, outcome, duration_ms, error, next_step, reason, next_retry_at, started_at)
    select ${attempt.id}::uuid, id, ${delivery.organizationId}::uuid, attempts, ${decision.outcome},
      ${attempt.durationMs}::int, ${decision.error}, 'retry', ${decision.reason}, due_at,
      ${attempt.startedAt.toISOString()}::timestamptz from mine`;
}

export type DeadLetterDecision = Extract<ConsumerDecision, { step: "dead_letter" }>;

export interface DeadLetter {
  id: string;
  consumer: string;
  topic: string;
  /** Sealed under `deadLetterAad(id)`; null: not kept with the letter. */
  sealedPayload: Buffer | null;
}

/**
 * Moves a delivery to the dead letters; a retry of one goes back to it. Changes nothing when the lease was taken over.
 * A payload that was erased since it was claimed is not kept: the event's own is locked first, as erasing does, so that
 * whoever of the two comes later sees what the other did.
 */
export async function recordDeadLetter(
  sql: Sql,
  delivery: ClaimedDelivery,
  attempt: AttemptRecord,
  decision: DeadLetterDecision,
  letter: DeadLetter,
): Promise<void> {
  await sql`
    with payload as materialized (
      select body is not null kept from event_payloads where id = ${delivery.eventId}::uuid for share),
    mine as (delete from delivery_queue q using (select coalesce(bool_and(kept), true) keeps from payload) p
      where q.id = ${delivery.id}::uuid and q.lease_token = ${delivery.leaseToken}::bigint
      returning q.id, q.attempts, p.keeps),
    finished as (update deliveries d set status = 3, attempts = mine.attempts, finished_at = now()
      from mine where d.id = mine.id),
    reopened as (update dead_letters l set status = 'open', cause = ${decision.cause}, error = ${decision.error},
        attempts = least(l.attempts + mine.attempts, 32767) from mine where l.id = ${delivery.deadLetterId}::uuid),
    retried as (update dead_letter_retries r set outcome = 'failed', error = ${decision.error}, finished_at = now()
      from mine where r.id = mine.id and ${delivery.deadLetterId}::uuid is not null),
    buried as (insert into dead_letters
        (id, organization_id, event_id, delivery_id, consumer, topic, cause, error, original_payload, attempts)
      select ${letter.id}::uuid, ${delivery.organizationId}::uuid, ${delivery.eventId}::uuid, id,
        ${letter.consumer}, ${letter.topic}, ${decision.cause}, ${decision.error},
        case when keeps then ${letter.sealedPayload}::bytea end, attempts
      from mine where ${delivery.deadLetterId}::uuid is null)
    insert into attempts
      (id, delivery_id, organization_id, n, outcome, duration_ms, error, next_step, reason, started_at)
    select ${attempt.id}::uuid, id, ${delivery.organizationId}::uuid, attempts, ${decision.outcome},
      ${attempt.durationMs}::int, ${decision.error}, 'dead_letter', ${decision.reason},
      ${attempt.startedAt.toISOString()}::timestamptz from mine`;
}
