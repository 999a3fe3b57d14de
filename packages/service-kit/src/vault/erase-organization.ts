import { appendAudit, type Sql } from "@carewire/db";

/** Whose data is erased, and on whose word. */
export interface OrganizationErasure {
  organizationId: string;
  /** Who asked, as the audit chain names them. */
  actor: string;
  /** Why; no patient data. */
  reason: string;
  now: Date;
}

/**
 * Makes everything an organization ever sealed unreadable, in every table and every backup that has no copy of its
 * data keys: payloads, inbound bodies, responses, secrets, credentials. Its API keys are revoked first, so that nothing
 * new is sealed; processes forget the data keys within a minute. There is no way back. Returns how many keys went.
 */
export async function eraseOrganization(sql: Sql, erasure: OrganizationErasure): Promise<number> {
  const { organizationId, actor, reason, now } = erasure;
  return sql.begin(async (tx) => {
    await tx`
      update api_keys set revoked_at = ${now} where organization_id = ${organizationId} and revoked_at is null`;
    const dropped = await tx`delete from data_keys where organization_id = ${organizationId}`;
    await appendAudit(tx, {
      organizationId,
      actor,
      action: "organization.erased",
      target: null,
      detail: { reason, data_keys: dropped.count },
      now,
    });
    return dropped.count;
  });
}
