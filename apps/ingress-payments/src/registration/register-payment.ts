import type { DataKey, Vault } from "@carewire/bus";
import { type Sql, withTenant } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import type { TransactionSql } from "postgres";
import { lookingEndsMs, nextLookAtMs } from "../mobile-money/look-schedule.ts";
import { type PaymentRow, type PaymentSecrets, paymentSecretsAad } from "../mobile-money/payment.ts";
import type { PaymentDraft } from "./payment-draft.ts";

export interface RegisterDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** `differs`: what is registered under that reference already is another payment. */
export type Registered =
  | { outcome: "created" | "known"; payment: PaymentRow }
  | { outcome: "differs"; field: string };

/**
 * Registers a payment once, however often and at the same time it is asked for; a repeat may bring Orange Money's tokens,
 * once.
 */
export async function registerPayment(
  { sql, vault, clock }: RegisterDeps,
  organizationId: string,
  draft: PaymentDraft,
): Promise<Registered> {
  // Before the transaction: a key that is not at hand needs a connection of its own.
  const dataKey = await vault.dataKey(organizationId);
  const nowMs = clock.now();
  return withTenant(sql, organizationId, async (tx): Promise<Registered> => {
    const created = await insert(tx, organizationId, draft, dataKey, nowMs);
    if (created) return { outcome: "created", payment: created };
    const [known] = await tx<PaymentRow[]>`
      select * from mobile_payments where organization_id = ${organizationId} and provider = ${draft.provider}
        and reference = ${draft.reference} for update`;
    if (known === undefined) return { outcome: "differs", field: "notif_token" };
    return compare(tx, known, draft, dataKey, nowMs);
  });
}

const seal = (dataKey: DataKey, id: string, secrets: PaymentSecrets): Buffer | null =>
  secrets.pay_token === null && secrets.payer_id === null
    ? null
    : dataKey.seal(paymentSecretsAad(id), Buffer.from(JSON.stringify(secrets)));

function openSecrets(dataKey: DataKey, { id, secrets }: PaymentRow): PaymentSecrets {
  if (secrets === null) return { pay_token: null, payer_id: null };
  return JSON.parse(dataKey.open(paymentSecretsAad(id), secrets).toString()) as PaymentSecrets;
}

async function insert(
  tx: TransactionSql,
  organizationId: string,
  draft: PaymentDraft,
  dataKey: DataKey,
  nowMs: number,
): Promise<PaymentRow | undefined> {
  const id = newId(nowMs);
  const now = new Date(nowMs);
  const nextLookMs = draft.isStarted ? nextLookAtMs(nowMs, nowMs) : nowMs + lookingEndsMs;
  const [row] = await tx<PaymentRow[]>`
    insert into mobile_payments (id, organization_id, provider, reference, order_id, external_id, customer_id, amount,
      currency, notif_token_hash, secrets, registered_at, started_at, next_look_at)
    values (${id}, ${organizationId}, ${draft.provider}, ${draft.reference}, ${draft.order_id}, ${draft.external_id},
      ${draft.customer_id}, ${draft.amount}::numeric, ${draft.currency}, ${draft.notif_token_hash},
      ${seal(dataKey, id, draft.secrets)}, ${now}, ${draft.isStarted ? now : null},
      ${nextLookMs === null ? null : new Date(nextLookMs)})
    on conflict do nothing returning *`;
  return row;
}

const comparedFields = ["order_id", "external_id", "customer_id", "amount", "currency"] as const;

async function compare(
  tx: TransactionSql,
  known: PaymentRow,
  draft: PaymentDraft,
  dataKey: DataKey,
  nowMs: number,
): Promise<Registered> {
  const differing = comparedFields.find((field) => known[field] !== draft[field]);
  if (differing) return { outcome: "differs", field: differing };
  const secrets = openSecrets(dataKey, known);
  if (draft.secrets.payer_id !== secrets.payer_id) return { outcome: "differs", field: "payer_id" };
  if (draft.notif_token_hash === null) return { outcome: "known", payment: known };
  if (known.notif_token_hash === null) return complete(tx, known, draft, dataKey, nowMs);
  if (!known.notif_token_hash.equals(draft.notif_token_hash)) {
    return { outcome: "differs", field: "notif_token" };
  }
  if (draft.secrets.pay_token !== secrets.pay_token) return { outcome: "differs", field: "pay_token" };
  return { outcome: "known", payment: known };
}

/**
 * Adds the tokens. A notification that came before them has the payment looked at now; one that was given up without them is
 * looked at like a new one.
 */
async function complete(
  tx: TransactionSql,
  known: PaymentRow,
  draft: PaymentDraft,
  dataKey: DataKey,
  nowMs: number,
): Promise<Registered> {
  const nextLookMs = known.hinted_at === null ? nextLookAtMs(nowMs, nowMs) : nowMs;
  const [payment] = await tx<PaymentRow[]>`
    update mobile_payments set notif_token_hash = ${draft.notif_token_hash},
      secrets = ${seal(dataKey, known.id, draft.secrets)}, started_at = ${new Date(nowMs)},
      state = 'pending', problem = null, next_look_at = ${nextLookMs === null ? null : new Date(nextLookMs)}
    where id = ${known.id} and not exists (
      select 1 from mobile_payments other where other.organization_id = ${known.organization_id}
        and other.notif_token_hash = ${draft.notif_token_hash})
    returning *`;
  return payment ? { outcome: "known", payment } : { outcome: "differs", field: "notif_token" };
}
