import type { TransactionSql } from "postgres";
import { type EmailState, statusOf } from "./email-state.ts";

type Row = Record<`${keyof EmailState["moments"]}_at`, Date | null> & {
  bounce_type: string | null;
  bounce_subtype: string | null;
};

/** Makes this transaction the only one that decides about the e-mail: a first event finds no row to lock. */
export async function lockEmail(tx: TransactionSql, organizationId: string, emailId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`emails:${organizationId}:${emailId}`}, 0))`;
}

export async function findEmail(
  tx: TransactionSql,
  organizationId: string,
  emailId: string,
): Promise<EmailState | null> {
  const [row] = await tx<Row[]>`
    select scheduled_at, sent_at, delayed_at, delivered_at, opened_at, clicked_at, failed_at, suppressed_at,
      bounced_at, complained_at, bounce_type, bounce_subtype
    from emails where organization_id = ${organizationId} and email_id = ${emailId}`;
  if (!row) return null;
  const { bounce_type, bounce_subtype, ...moments } = row;
  const happened = Object.entries(moments).filter(([, at]) => at !== null);
  return {
    emailId,
    moments: Object.fromEntries(happened.map(([column, at]) => [column.slice(0, -"_at".length), at])),
    bounce: row.bounced_at === null ? null : { type: bounce_type, subtype: bounce_subtype },
  };
}

export async function saveEmail(
  tx: TransactionSql,
  organizationId: string,
  state: EmailState,
): Promise<void> {
  const { moments: at, bounce } = state;
  const row = {
    organization_id: organizationId,
    email_id: state.emailId,
    status: statusOf(state),
    scheduled_at: at.scheduled ?? null,
    sent_at: at.sent ?? null,
    delayed_at: at.delayed ?? null,
    delivered_at: at.delivered ?? null,
    opened_at: at.opened ?? null,
    clicked_at: at.clicked ?? null,
    failed_at: at.failed ?? null,
    suppressed_at: at.suppressed ?? null,
    bounced_at: at.bounced ?? null,
    complained_at: at.complained ?? null,
    bounce_type: bounce?.type ?? null,
    bounce_subtype: bounce?.subtype ?? null,
  };
  const { organization_id: _organization, email_id: _email, ...changed } = row;
  await tx`
    insert into emails ${tx(row)}
    on conflict (organization_id, email_id) do update set ${tx(changed)}, updated_at = now()`;
}
