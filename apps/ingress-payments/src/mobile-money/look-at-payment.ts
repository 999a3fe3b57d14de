import {
  type ConsumerLogger,
  lockObject,
  type Publisher,
  toDrafts,
  type Vault,
  type Waker,
} from "@carewire/bus";
import type { Sql } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { isLostInfrastructure } from "@carewire/service-kit";
import { sourceService } from "../source-service.ts";
import { changePayment, type PaymentChange } from "./change-payment.ts";
import { type PaymentRow, type PaymentSecrets, paymentSecretsAad } from "./payment.ts";
import { isOrderPaid, lockClaimed, savePayment } from "./payment-store.ts";
import { type ReadStatus, type StatusReading, unsettled } from "./status-reading.ts";

export interface LookDeps {
  sql: Sql;
  vault: Vault;
  publisher: Publisher;
  waker: Pick<Waker, "wake">;
  clock: Clock;
  logger: ConsumerLogger;
  readStatus: ReadStatus;
  livemode: boolean;
  /** Called at `mobile_money.before_commit` and `mobile_money.after_commit`; tests crash there. */
  failpoint?: (name: string) => void;
}

/** What one look came to: what the payment is now, or `fenced_off` when another worker had taken it over. */
export type LookOutcome = PaymentRow["state"] | "fenced_off";

/**
 * Asks the provider about a claimed payment and records the answer: state, what subscribers are told, and the end of the
 * lease in one transaction. Rejects when the database is lost or `signal` gave the look up; the payment is then due again
 * once its lease is over.
 */
export async function lookAtPayment(
  deps: LookDeps,
  payment: PaymentRow,
  signal: AbortSignal,
): Promise<LookOutcome> {
  const { sql, vault, waker, failpoint = () => {} } = deps;
  const reading = await read(deps, payment, signal);
  signal.throwIfAborted();
  // Before the transaction: a key that is not at hand needs a connection of its own.
  await vault.dataKey(payment.organization_id);
  const change = await sql.begin(async (tx) => {
    const recorded = await record(deps, tx, payment, reading);
    failpoint("mobile_money.before_commit");
    return recorded;
  });
  failpoint("mobile_money.after_commit");
  if (change === null) return "fenced_off";
  if (change.events.length > 0) waker.wake();
  return change.state;
}

async function read(deps: LookDeps, payment: PaymentRow, signal: AbortSignal): Promise<StatusReading> {
  if (payment.started_at === null) return unsettled("not_started");
  try {
    const secrets = await openSecrets(deps.vault, payment);
    return await deps.readStatus(payment, secrets, signal);
  } catch (err) {
    if (isLostInfrastructure(err)) throw err;
    const { id: payment_id, organization_id } = payment;
    deps.logger.error({ payment_id, organization_id, err }, "the status of a payment could not be asked for");
    return unsettled("look_failed");
  }
}

async function openSecrets(vault: Vault, { id, organization_id, secrets }: PaymentRow) {
  if (secrets === null) return { pay_token: null, payer_id: null };
  const dataKey = await vault.dataKey(organization_id);
  return JSON.parse(dataKey.open(paymentSecretsAad(id), secrets).toString()) as PaymentSecrets;
}

async function record(
  { publisher, clock, livemode }: LookDeps,
  tx: Parameters<typeof lockClaimed>[0],
  claimed: PaymentRow,
  reading: StatusReading,
): Promise<PaymentChange | null> {
  const { organization_id: organizationId, order_id: orderId } = claimed;
  // Two payments of one order may end at once; before the row, so that both wait in the same order.
  if (orderId !== null) await lockObject(tx, organizationId, `order:${orderId}`);
  const current = await lockClaimed(tx, claimed);
  if (current === null) return null;
  const nowMs = clock.now();
  const circumstances = { nowMs, livemode, isOrderPaid: await isOrderPaid(tx, current) };
  const change = changePayment(current, reading, circumstances);
  if (change === null) return null;
  await savePayment(tx, current.id, withHint(change, current, nowMs));
  const drafts = toDrafts({ clock, sourceService }, organizationId, change.events);
  await publisher.publish(
    tx,
    drafts.map((draft) => ({ ...draft, causedBy: current.hint_event_id })),
  );
  return change;
}

/** A callback that came while the provider was being asked may tell of what happened after it answered. */
function withHint(change: PaymentChange, { hinted_at, looked_at }: PaymentRow, nowMs: number): PaymentChange {
  const isHinted = hinted_at !== null && looked_at !== null && hinted_at > looked_at;
  const isSettled = change.state === "succeeded" || change.state === "failed";
  return isHinted && !isSettled ? { ...change, nextLookAt: new Date(nowMs) } : change;
}
