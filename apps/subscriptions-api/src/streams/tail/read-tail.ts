import type { Sql } from "@carewire/db";

interface TailedRow {
  id: string;
  organization_id: string;
  /** Of the event, or of the subscription that the delivery goes to. */
  account_id: string | null;
  type: string;
  external_id: string | null;
}

/** An event that was published. */
export interface TailedEvent extends TailedRow {
  occurred_at: Date;
  created_at: Date;
}

interface OfDelivery extends TailedRow {
  event_id: string;
  subscription_id: string;
  status: number;
  attempts: number;
  trigger: number;
}

/** A delivery that was made. */
export interface TailedDelivery extends OfDelivery {
  created_at: Date;
}

/** A try whose outcome was written down. */
export interface TailedAttempt extends OfDelivery {
  delivery_id: string;
  n: number;
  outcome: string;
  http_status: number | null;
  duration_ms: number | null;
  next_step: string;
  reason: string;
  next_retry_at: Date | null;
  started_at: Date;
  created_at: Date;
}

export interface TailedRows {
  events: TailedEvent[];
  deliveries: TailedDelivery[];
  attempts: TailedAttempt[];
  /** There was more of some kind than is read at once. */
  isCut: boolean;
}

/** Rows of each kind read at once. */
const rowsMax = 2_000;

/**
 * What happened in these organizations since an id's moment, oldest first. Reads history by its primary keys, from the
 * newest end, for all of them together: no index has to know organizations for it.
 */
export async function readTail(sql: Sql, organizationIds: string[], sinceId: string): Promise<TailedRows> {
  // Attempts first: whatever they are of is there by the time that it is read.
  const attempts = await sql<TailedAttempt[]>`
    select a.id, a.organization_id, s.account_id, e.type, e.external_id, d.event_id, d.destination_id subscription_id,
      d.status, d.attempts, d.trigger, a.delivery_id, a.n, a.outcome, a.http_status, a.duration_ms, a.next_step,
      a.reason, a.next_retry_at, a.started_at, a.created_at
    from (select * from attempts where id >= ${sinceId} and organization_id = any(${organizationIds}::uuid[])
        order by id desc limit ${rowsMax}) a
    cross join lateral (select * from deliveries where id = a.delivery_id and destination_kind = 0 offset 0) d
    cross join lateral (select type, external_id from events where id = d.event_id offset 0) e
    left join lateral (select account_id from subscriptions where id = d.destination_id offset 0) s on true`;
  const deliveries = await sql<TailedDelivery[]>`
    select d.id, d.organization_id, s.account_id, e.type, e.external_id, d.event_id, d.destination_id subscription_id,
      d.status, d.attempts, d.trigger, d.created_at
    from (select * from deliveries where id >= ${sinceId} and organization_id = any(${organizationIds}::uuid[])
        and destination_kind = 0 order by id desc limit ${rowsMax}) d
    cross join lateral (select type, external_id from events where id = d.event_id offset 0) e
    left join lateral (select account_id from subscriptions where id = d.destination_id offset 0) s on true`;
  const events = await sql<TailedEvent[]>`
    select id, organization_id, account_id, type, external_id, occurred_at, created_at from events
    where id >= ${sinceId} and organization_id = any(${organizationIds}::uuid[])
    order by id desc limit ${rowsMax}`;
  const isCut = [events, deliveries, attempts].some(({ length }) => length === rowsMax);
  return {
    events: oldestFirst(events),
    deliveries: oldestFirst(deliveries),
    attempts: oldestFirst(attempts),
    isCut,
  };
}

const oldestFirst = <Row extends { id: string }>(rows: Row[]): Row[] =>
  [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
