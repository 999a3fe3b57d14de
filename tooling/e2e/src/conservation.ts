import type { Sql } from "postgres";

/** What one look at the database found. All of it comes from one statement, so it is true at one moment. */
export interface Balance {
  deliveries: number;
  delivered: number;
  failed: number;
  cancelled: number;
  pending: number;
  retrying: number;
  held: number;
  /** Attempts whose worker vanished. */
  lostAttempts: number;
  /** Events that wait to be routed, or for a subscription's filter. */
  unrouted: number;
  /** Deliveries that are open but not queued, finished but queued, or queued without existing. */
  strayed: number;
  /** Events that have more than one delivery to the same destination, replays and pings apart. */
  doubled: number;
  /** Deliveries whose attempts do not add up: a number is missing, or the last one does not say how it ended. */
  unaccounted: number;
}

/** Takes the balance: deliveries = delivered + failed + cancelled + pending + retrying + held, and their ledger. */
export async function readBalance(sql: Sql): Promise<Balance> {
  const [balance] = await sql<Balance[]>`
    with ledger as (
      select delivery_id, count(distinct n)::int recorded, max(n)::int last,
        coalesce(bool_or(next_step = 'delivered'), false) delivered,
        coalesce(bool_or(next_step in ('failed', 'disable', 'dead_letter')), false) failed
      from attempts group by delivery_id),
    book as (
      -- An ordered delivery that waits for others is queued in fifo_queue; one that is held keeps its place there.
      select d.id, d.event_id, d.destination_id, d.status, d.attempts, d.trigger,
        q.id is not null or (f.delivery_id is not null and d.status <> 1) queued,
        coalesce(q.attempts, 0) - (q.lease_token is not null)::int settled,
        q.id is not null and f.delivery_id is not null twice,
        coalesce(q.attempts, d.attempts) tries, coalesce(l.recorded, 0) recorded, coalesce(l.last, 0) last, l.delivered, l.failed
      from deliveries d left join delivery_queue q on q.id = d.id
        left join fifo_queue f on f.delivery_id = d.id left join ledger l on l.delivery_id = d.id)
    select count(*)::int deliveries,
      count(*) filter (where status = 2 and not queued)::int delivered,
      count(*) filter (where status = 3 and not queued)::int failed,
      count(*) filter (where status = 4 and not queued)::int cancelled,
      count(*) filter (where status = 0 and queued and tries = 0)::int pending,
      count(*) filter (where status = 0 and queued and tries > 0)::int retrying,
      count(*) filter (where status = 1 and not queued)::int held,
      (select count(*)::int from attempts where outcome = 'lost') "lostAttempts",
      ((select count(*) from route_queue) + (select count(*) from filter_queue))::int unrouted,
      (count(*) filter (where (status = 0) <> queued or twice) + (select count(*) from delivery_queue q
        where not exists (select from deliveries d where d.id = q.id)) + (select count(*) from fifo_queue f
        where not exists (select from deliveries d where d.id = f.delivery_id)))::int strayed,
      (count(*) filter (where trigger = 0) -
        count(distinct (event_id, destination_id)) filter (where trigger = 0))::int doubled,
      (count(*) filter (where queued and (recorded < settled or last > tries)) +
        count(*) filter (where status in (2, 3) and (recorded <> attempts or last <> attempts)) +
        count(*) filter (where status = 2 and delivered is not true) +
        count(*) filter (where status = 3 and failed is not true))::int unaccounted
    from book`;
  if (!balance) throw new Error("the balance query returned no row");
  return balance;
}

/** Every delivery is in exactly one state, and its attempts add up. */
export function isConserved(balance: Balance): boolean {
  const { deliveries, delivered, failed, cancelled, pending, retrying, held } = balance;
  const { strayed, doubled, unaccounted } = balance;
  const sum = delivered + failed + cancelled + pending + retrying + held;
  return sum === deliveries && strayed + doubled + unaccounted === 0;
}
