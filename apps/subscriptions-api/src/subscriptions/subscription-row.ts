import type { Subscription } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import type { subscriptions } from "@carewire/db/schema";
import { parsePublicId, publicId } from "@carewire/envelope";
import { destinationWarnings, type Principal } from "@carewire/service-kit";
import type { SigningKind } from "./signing-secret.ts";

export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** The condition on `subscriptions s` that keeps a caller to its organization and its account. */
export function visibleSubscriptions(sql: Queryable, principal: Principal) {
  const ofAccount = principal.accountId === null ? sql`` : sql`and s.account_id = ${principal.accountId}`;
  return sql`s.organization_id = ${principal.organizationId} ${ofAccount}`;
}

/** The caller's subscription with this public id, or null. */
export async function findSubscription(sql: Queryable, principal: Principal, given: string) {
  const id = parsePublicId("sub", given);
  if (id === null) return null;
  const [row] = await sql<SubscriptionRow[]>`
    select s.* from subscriptions s where s.id = ${id} and ${visibleSubscriptions(sql, principal)}`;
  return row ?? null;
}

/** Like {@link findSubscription}, and keeps others from changing it until the transaction ends. */
export async function lockSubscription(tx: Queryable, principal: Principal, given: string) {
  const id = parsePublicId("sub", given);
  if (id === null) return null;
  const [row] = await tx<SubscriptionRow[]>`
    select s.* from subscriptions s where s.id = ${id} and ${visibleSubscriptions(tx, principal)} for update`;
  return row ?? null;
}

/** A value of a closed list as it was stored. */
const oneOf = <Value extends string>(stored: string) => stored as Value;

/** How a subscription's deliveries are signed. */
export const kindOf = (row: Pick<SubscriptionRow, "signature_scheme" | "key_type">): SigningKind => ({
  scheme: oneOf(row.signature_scheme),
  keyType: oneOf(row.key_type),
});

/** A subscription as it is shown; of secrets only what they are called, never what they say. */
export function presentSubscription(row: SubscriptionRow): Subscription {
  return {
    id: publicId("sub", row.id),
    account_id: row.account_id === null ? null : publicId("acc", row.account_id),
    name: row.name,
    description: row.description,
    url: row.transport === "stream" ? null : row.url,
    transport: oneOf(row.transport),
    warnings: destinationWarnings(new URL(row.url)),
    events: row.events,
    active: row.active,
    disabled_reason: row.disabled_reason,
    retry_policy: oneOf(row.retry_policy),
    max_retries: row.max_retries,
    payload_format: oneOf(row.payload_format),
    signature_scheme: oneOf(row.signature_scheme),
    key_type: oneOf(row.key_type),
    public_key: row.public_key,
    success_codes: oneOf(row.success_codes),
    headers: row.headers,
    sensitive_headers: row.sensitive_header_names,
    filter: row.filter,
    rate_limit_per_second: row.rate_limit_per_second,
    ordering: oneOf(row.ordering),
    endpoint_auth: row.endpoint_auth_type === null ? null : { type: oneOf(row.endpoint_auth_type) },
    client_certificate: presentCertificate(row),
    metadata: row.metadata,
    version: row.version,
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function presentCertificate({
  client_certificate_subject: subject,
  client_certificate_expires_at: expiresAt,
}: SubscriptionRow): Subscription["client_certificate"] {
  return subject === null || expiresAt === null ? null : { subject, expires_at: expiresAt.toISOString() };
}
