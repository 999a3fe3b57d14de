import {
  createPublisher,
  type EventDraft,
  operationalEvent,
  urlOrigin,
  type Vault,
  wakeChannel,
} from "@carewire/bus";
import type { Queryable, Sql } from "@carewire/db";
import type { SubscriptionRow } from "./subscription-row.ts";

/** What happened to a subscription; for `endpoint.updated` the fields it happened to. */
export type SubscriptionNews =
  | { type: "endpoint.created" | "endpoint.deleted" }
  | { type: "endpoint.updated"; fields: string[] };

function draftOf(row: SubscriptionRow, news: SubscriptionNews, now: Date): EventDraft {
  const common = {
    organizationId: row.organization_id,
    accountId: row.account_id,
    subscriptionId: row.id,
    sourceService: "api",
    nowMs: now.getTime(),
  };
  const payload = { url_origin: urlOrigin(row.url) };
  return news.type === "endpoint.updated"
    ? operationalEvent({ ...common, type: news.type, payload: { ...payload, fields: news.fields } })
    : operationalEvent({ ...common, type: news.type, payload });
}

/**
 * Publishes an operational event about a subscription inside the transaction that changes it. `vault` must have given
 * out the organization's data key before: inside, it would wait for a second connection.
 */
export async function announce(
  tx: Queryable,
  vault: Vault,
  row: SubscriptionRow,
  news: SubscriptionNews,
  now: Date,
): Promise<void> {
  await createPublisher({ vault }).publish(tx, [draftOf(row, news, now)]);
}

/** Says after the commit that events wait to be routed. One that is lost costs latency only. */
export async function wakeRouting(sql: Sql): Promise<void> {
  await sql.notify(wakeChannel, "route").catch(() => {});
}

/** Says after the commit that a shard has due deliveries. One that is lost costs latency only. */
export async function wakeShard(sql: Sql, shard: number): Promise<void> {
  await sql.notify(wakeChannel, `shards:${shard}`).catch(() => {});
}

/** Says after the commit that a subscription's deliveries may go. One that is lost costs latency only. */
export async function wakeSending(sql: Sql, { shard, ordering }: SubscriptionRow): Promise<void> {
  await wakeShard(sql, shard);
  if (ordering === "fifo") await sql.notify(wakeChannel, "lanes").catch(() => {});
}
