import type { TransactionSql } from "postgres";
import type { StatusName } from "./status-names.ts";
import type { StatusState } from "./status-state.ts";

type Row = Omit<StatusState, "times"> & Record<StatusName, Date | null>;

export async function findStatus(
  tx: TransactionSql,
  organizationId: string,
  messageId: string,
): Promise<StatusState | null> {
  const [row] = await tx<Row[]>`
    select message_id "messageId", phone_number_id "phoneNumberId", recipient_user_id "recipientUserId",
      recipient_phone "recipientPhone", status, sent_at sent, failed_at failed, delivered_at delivered, read_at read,
      played_at played, deleted_at deleted, error_code "errorCode", state_at "stateAt", event_id "eventId"
    from messaging_statuses where organization_id = ${organizationId} and message_id = ${messageId}`;
  if (!row) return null;
  const { sent, failed, delivered, read, played, deleted, ...state } = row;
  return { ...state, times: { sent, failed, delivered, read, played, deleted } };
}

export async function saveStatus(
  tx: TransactionSql,
  organizationId: string,
  { times, ...state }: StatusState,
): Promise<void> {
  await tx`
    insert into messaging_statuses (organization_id, message_id, phone_number_id, recipient_user_id, recipient_phone,
      status, sent_at, failed_at, delivered_at, read_at, played_at, deleted_at, error_code, state_at, event_id)
    values (${organizationId}, ${state.messageId}, ${state.phoneNumberId}, ${state.recipientUserId},
      ${state.recipientPhone}, ${state.status}, ${times.sent}, ${times.failed}, ${times.delivered}, ${times.read},
      ${times.played}, ${times.deleted}, ${state.errorCode}, ${state.stateAt}, ${state.eventId})
    on conflict (organization_id, message_id) do update set recipient_user_id = excluded.recipient_user_id,
      recipient_phone = excluded.recipient_phone, status = excluded.status, sent_at = excluded.sent_at,
      failed_at = excluded.failed_at, delivered_at = excluded.delivered_at, read_at = excluded.read_at,
      played_at = excluded.played_at, deleted_at = excluded.deleted_at, error_code = excluded.error_code,
      state_at = excluded.state_at, event_id = excluded.event_id, updated_at = now()`;
}
