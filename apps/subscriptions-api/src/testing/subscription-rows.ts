import { parsePublicId } from "@carewire/envelope";
import type { TestApi } from "./start-test-api.ts";

/** The row id inside `sub_…`. */
export const subscriptionRowId = (id: string): string => parsePublicId("sub", id) ?? "";

/** What routing would look up for a subscription, in the order of the patterns. */
export async function patternsOf(api: TestApi, id: string) {
  return api.sql<{ pattern: string; held: boolean; shard: number; account_id: string | null }[]>`
    select pattern, held, shard, account_id from subscription_patterns
    where subscription_id = ${subscriptionRowId(id)} order by pattern`;
}

/** A subscription's deliveries as stored, oldest first. */
export async function deliveryRows(api: TestApi, id: string) {
  return api.sql<{ status: number; queued: boolean; attempts: number; finished: boolean }[]>`
    select d.status, q.id is not null as queued, coalesce(q.attempts, d.attempts) as attempts,
      d.finished_at is not null as finished
    from deliveries d left join delivery_queue q on q.id = d.id
    where d.destination_id = ${subscriptionRowId(id)} order by d.id`;
}

/** What the audit chain says was done to a subscription, oldest first. */
export async function auditOf(api: TestApi, id: string) {
  return api.sql<{ action: string; detail: object }[]>`
    select action, detail from audit_log where target = ${id} order by seq`;
}

/** What is kept sealed beside a subscription, opened as the dispatcher does. */
export async function openedColumns(api: TestApi, id: string): Promise<Record<string, unknown>> {
  const rowId = subscriptionRowId(id);
  const dataKey = await api.vault.dataKey(api.tenant.organizationId);
  const [row] = await api.sql<Record<string, Buffer | null>[]>`
    select sensitive_headers, endpoint_auth, client_certificate from subscriptions where id = ${rowId}`;
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([column, sealed]) => [
      column,
      sealed && JSON.parse(dataKey.open(`subscriptions:${rowId}:${column}`, sealed).toString()),
    ]),
  );
}

/** A subscription's secrets in force, newest first. */
export async function liveSecretsOf(api: TestApi, id: string): Promise<string[]> {
  const dataKey = await api.vault.dataKey(api.tenant.organizationId);
  const rows = await api.sql<{ id: string; secret: Buffer }[]>`
    select id, secret from subscription_secrets
    where subscription_id = ${subscriptionRowId(id)} and (expires_at is null or expires_at > now()) order by id desc`;
  return rows.map((row) => dataKey.open(`subscription_secrets:${row.id}`, row.secret).toString());
}

/** The problem items of a refusal, as `path: code`. */
export const mistakesIn = (body: Record<string, unknown>): string[] =>
  ((body.errors ?? []) as { path: string; code: string }[]).map(({ path, code }) => `${path}: ${code}`);
