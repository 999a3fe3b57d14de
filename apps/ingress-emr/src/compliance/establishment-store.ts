import type { TransactionSql } from "postgres";
import type { Establishment } from "./establishment-state.ts";

/**
 * Makes this transaction the only one that decides about one customer in one region, until it ends; then reads the row.
 * The first lock is for calls that find no row yet, the row's own is for the expiry job.
 */
export async function lockEstablishment(
  tx: TransactionSql,
  organizationId: string,
  customerId: string,
  regionCode: string,
): Promise<Establishment | null> {
  const name = JSON.stringify(["establishment", organizationId, customerId, regionCode]);
  await tx`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  const [row] = await tx<Establishment[]>`
    select id, customer_id "customerId", region_code "regionCode", established, established_at "establishedAt",
      expires_at "expiresAt", appointment_id "appointmentId", provider_id "providerId"
    from customer_region_establishments
    where organization_id = ${organizationId} and customer_id = ${customerId} and region_code = ${regionCode}
    for update`;
  return row ?? null;
}

export async function saveEstablishment(
  tx: TransactionSql,
  organizationId: string,
  state: Establishment,
): Promise<void> {
  await tx`
    insert into customer_region_establishments (id, organization_id, customer_id, region_code, established,
      established_at, expires_at, appointment_id, provider_id)
    values (${state.id}, ${organizationId}, ${state.customerId}, ${state.regionCode}, ${state.established},
      ${state.establishedAt}, ${state.expiresAt}, ${state.appointmentId}, ${state.providerId})
    on conflict (organization_id, customer_id, region_code) do update set established = excluded.established,
      established_at = excluded.established_at, expires_at = excluded.expires_at,
      appointment_id = excluded.appointment_id, provider_id = excluded.provider_id, updated_at = now()`;
}

/** Marks up to `limit` of an organization's lapsed establishments as told, and returns them. */
export async function takeLapsed(
  tx: TransactionSql,
  organizationId: string,
  now: Date,
  limit: number,
): Promise<Establishment[]> {
  return tx<Establishment[]>`
    with due as (select id from customer_region_establishments
      where organization_id = ${organizationId} and established and expires_at <= ${now}
      order by expires_at limit ${limit} for update skip locked)
    update customer_region_establishments e set established = false, updated_at = now() from due where e.id = due.id
    returning e.id, e.customer_id "customerId", e.region_code "regionCode", e.established,
      e.established_at "establishedAt", e.expires_at "expiresAt", e.appointment_id "appointmentId",
      e.provider_id "providerId"`;
}
