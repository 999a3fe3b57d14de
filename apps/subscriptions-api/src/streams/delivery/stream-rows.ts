import { holdDeliveries, releaseDeliveries, type Sql, type Transaction, withTenant } from "@carewire/db";
import type { SubscriptionRow } from "../../subscriptions/subscription-row.ts";
import { endLeases } from "./claim-stream.ts";

/** For so long a connection that says nothing is believed to live. */
const aliveSeconds = 40;
/** For so long after its connection was lost a stream's deliveries wait for the next one before they are held. */
const graceSeconds = 15;
const sweptMax = 50;

/** One connection to a stream subscription. */
export interface StreamPlace {
  organizationId: string;
  subscriptionId: string;
  connectionId: string;
}

/**
 * Makes a connection the one that a stream's deliveries go to, in the transaction that locked the subscription. What the
 * one before had is due again; when there was none, what was held meanwhile is released. Returns whether there was none.
 */
export async function takeStream(
  tx: Transaction,
  { id, organization_id: organizationId, active }: SubscriptionRow,
  connectionId: string,
): Promise<boolean> {
  const before = await tx`select 1 from streams where subscription_id = ${id} for update`;
  await tx`
    insert into streams (subscription_id, organization_id, connection_id, expires_at)
    values (${id}, ${organizationId}, ${connectionId}, now() + ${aliveSeconds} * interval '1 second')
    on conflict (subscription_id) do update set connection_id = excluded.connection_id, expires_at = excluded.expires_at`;
  await endLeases(tx, id);
  if (before.length > 0) return false;
  if (active) await releaseDeliveries(tx, id);
  return true;
}

/**
 * The subscription is about to be deleted: nothing is its reader's any more, so that all of it can be cancelled. Nobody would
 * look at what stayed leased, since only a connected reader has it claimed again.
 */
export async function endStream(tx: Transaction, subscriptionId: string): Promise<void> {
  // Claims hold this row: from here on nothing is leased.
  await tx`delete from streams where subscription_id = ${subscriptionId}`;
  await endLeases(tx, subscriptionId);
}

/** Streams that an organization has open, in whatever process, without this one. */
export async function countOtherStreams(tx: Transaction, subscriptionId: string): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    select count(*)::int n from streams where subscription_id <> ${subscriptionId} and expires_at > now()`;
  return row?.n ?? 0;
}

/**
 * A connection is over: unless another has taken its place, what it had is due again and the stream is soon nobody's. It
 * is not this connection's any more: a claim or renewal of it that comes later finds nothing.
 */
export function leaveStream(sql: Sql, { organizationId, subscriptionId, connectionId }: StreamPlace) {
  return withTenant(sql, organizationId, async (tx) => {
    const left = await tx`
      update streams set expires_at = now() + ${graceSeconds} * interval '1 second', connection_id = uuidv7()
      where subscription_id = ${subscriptionId} and connection_id = ${connectionId} returning 1`;
    if (left.length > 0) await endLeases(tx, subscriptionId);
  });
}

/** Says that connections live. Returns those that their streams still belong to. As the platform. */
export async function renewStreams(sql: Sql, places: StreamPlace[]): Promise<Set<string>> {
  const rows = await sql<{ connection_id: string }[]>`
    update streams st set expires_at = now() + ${aliveSeconds} * interval '1 second'
    from unnest(${places.map((p) => p.subscriptionId)}::uuid[], ${places.map((p) => p.connectionId)}::uuid[])
      o(subscription_id, connection_id)
    where st.subscription_id = o.subscription_id and st.connection_id = o.connection_id
    returning st.connection_id`;
  return new Set(rows.map((row) => row.connection_id));
}

/** Holds the deliveries of streams that nobody listens to any more. As the platform. One that fails stops no other. */
export async function holdForsaken(sql: Sql, onError: (error: unknown) => void): Promise<void> {
  const forsaken = await sql<{ subscription_id: string }[]>`
    select subscription_id from streams where expires_at <= now() order by expires_at limit ${sweptMax}`;
  for (const { subscription_id: id } of forsaken) {
    const held = sql.begin(async (tx) => {
      await tx`select 1 from subscriptions where id = ${id} for update`;
      const over =
        await tx`delete from streams where subscription_id = ${id} and expires_at <= now() returning 1`;
      if (over.length === 0) return;
      await endLeases(tx, id);
      await holdDeliveries(tx, id);
    });
    await held.catch(onError);
  }
}
